import Glibc
import RepriseClient

/// A file to write by its path. `-` is standard output.
struct OutputFile: CustomStringConvertible {
    private let path: String

    init(_ path: String) { self.path = path }

    var isStandardOutput: Bool { path == "-" }

    var description: String { isStandardOutput ? "standard output" : path }

    /// Writes all bytes, in place of what a file has.
    /// - Throws: ``CommandFailure`` if they cannot be written.
    func write(_ bytes: [UInt8]) throws {
        guard !isStandardOutput else { return try write(bytes, to: STDOUT_FILENO) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        try write(bytes, to: descriptor)
    }

    /// Prints a report to standard output, or to standard error if the file is standard output.
    func printBeside(_ report: String) throws {
        guard isStandardOutput else { return print(report) }
        try write(Array("\(report)\n".utf8), to: STDERR_FILENO)
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            written += count
        }
    }

    private func failure() -> CommandFailure {
        CommandFailure("cannot write \(self): \(String(cString: strerror(errno)))")
    }
}

extension RepriseClient.Response {
    /// The content as text without the line feed at its end, which printing adds.
    var printable: Substring { text.hasSuffix("\n") ? text.dropLast() : text[...] }
}
