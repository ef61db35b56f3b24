import Glibc

/// A file that gets its name when it is complete; until then it is a temporary file in the same folder, which
/// an interruption removes, and an older file of this name stays. `-` is standard output, which is written to
/// directly, as are devices and pipes.
final class OutputFile {
    /// The path to write to.
    let path: String
    /// The path of the temporary file; nil if the file is written to directly.
    let temporaryPath: String?
    /// The number of bytes written.
    private(set) var count = 0
    private var descriptor: Int32
    private let interruption: Interruption?
    /// The error number of the first write that has failed.
    private var writeError: Int32?

    /// - Parameters:
    ///   - path: a file, or a folder.
    ///   - name: the name of the file in a folder.
    /// - Throws: ``CommandFailure`` if the file cannot be created.
    init(_ path: String, name: String) throws {
        // Beyond the maximum size of a file, writing fails like on a full disk.
        signal(SIGXFSZ, SIG_IGN)
        var status = stat()
        func type(_ path: String) -> mode_t? { stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil }
        let path =
            type(path) == S_IFDIR && path != "-"
            ? path + (path.hasSuffix("/") ? "" : "/") + name : path
        self.path = path
        if path == "-" {
            (temporaryPath, descriptor, interruption) = (nil, STDOUT_FILENO, nil)
        } else if let type = type(path), type != S_IFREG {
            (temporaryPath, descriptor, interruption) = (nil, open(path, O_WRONLY | O_CLOEXEC), nil)
        } else {
            let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
            let temporaryPath = "\(folder).reprise-\(UInt64.random(in: 0 ... .max))"
            let interruption = Interruption([SIGINT, SIGTERM, SIGHUP])
            interruption.arm { unlink(temporaryPath) }
            self.interruption = interruption
            descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            self.temporaryPath = temporaryPath
        }
        guard descriptor >= 0 else { throw failure(errno) }
    }

    deinit { discard() }

    /// Writes a whole file.
    /// - Parameter name: the name of the file in a folder.
    /// - Returns: the path of the file.
    /// - Throws: ``CommandFailure`` if the file cannot be stored.
    @discardableResult
    static func write(_ bytes: [UInt8], to path: String, name: String) throws -> String {
        let file = try OutputFile(path, name: name)
        _ = bytes.withUnsafeBytes(file.write)
        try file.finish()
        return file.path
    }

    /// Writes all of the bytes.
    /// - Returns: false if that fails; ``finish()`` then throws the reason.
    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, start, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                writeError = errno
                return false
            }
            rest = rest.dropFirst(written)
        }
        count += bytes.count
        return true
    }

    /// Gives the complete file its name.
    /// - Throws: ``CommandFailure`` if a write has failed, or the file cannot be stored.
    func finish() throws {
        try throwWriteError()
        guard let temporaryPath else { return }
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw failure(errno) }
        close(descriptor)
        descriptor = -1
        interruption?.waitForExit()
    }

    /// Prints a report about a file: to standard output, or to standard error if the file is standard output.
    static func printReport(_ report: String, about path: String?) {
        guard path == "-" else { return print(report) }
        let text = Array("\(report)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, text, text.count)
    }

    /// - Throws: ``CommandFailure`` if a write has failed.
    func throwWriteError() throws {
        if let writeError { throw failure(writeError) }
    }

    private func discard() {
        guard descriptor >= 0, descriptor != STDOUT_FILENO else { return }
        close(descriptor)
        if let temporaryPath { unlink(temporaryPath) }
    }

    private func failure(_ number: Int32) -> CommandFailure {
        CommandFailure(
            "cannot write \(path == "-" ? "standard output" : path): \(String(cString: strerror(number)))")
    }
}
