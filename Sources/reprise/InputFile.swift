import Glibc

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file by its path; `-` or none is standard input.
struct InputFile: CustomStringConvertible {
    private let path: String?

    init(_ path: String?) { self.path = path == "-" ? nil : path }

    var description: String { path ?? "standard input" }

    /// All of its bytes.
    func read() throws -> [UInt8] {
        guard let path else { return try readStandardInput() }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("can't read \(path)", hint: "is it there, and may you read it?")
        }
        return Array(data)
    }

    private func readStandardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure("can't read standard input") }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }
}
