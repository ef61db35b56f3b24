import Glibc

/// A file by its path. `-` or no path is standard input.
struct InputFile: CustomStringConvertible {
    private let path: String?

    init(_ path: String?) { self.path = path == "-" ? nil : path }

    var description: String { path ?? "standard input" }

    /// The name without its folder.
    var name: String { path?.split(separator: "/").last.map(String.init) ?? description }

    /// Reads all bytes. The file may be a pipe, such as a shell's `<(command)`.
    /// - Throws: ``CommandFailure`` if the file cannot be read.
    func read() throws -> [UInt8] {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else { throw failure() }
        defer { if path != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    private func failure() -> CommandFailure {
        CommandFailure("cannot read \(self): \(String(cString: strerror(errno)))")
    }
}
