import Glibc

/// A file by its path; `-` or none is standard input.
struct InputFile: CustomStringConvertible {
    private let path: String?

    init(_ path: String?) { self.path = path == "-" ? nil : path }

    var description: String { path ?? "standard input" }

    /// All of its bytes. A pipe, such as a shell's `<(command)`, does too.
    func read() throws -> [UInt8] {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else { throw failure() }
        defer { if path != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }

    private func failure() -> CommandFailure {
        CommandFailure("can't read \(self): \(String(cString: strerror(errno)))")
    }
}
