import APITesting
import Foundation

/// A server, and a folder for files, for tests of the client commands.
class CommandLineCase {
    let server: ServerProcess
    let directory: URL

    init() throws {
        server = try ServerProcess()
        directory = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Writes a file, and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let file = directory.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// Runs a client command against the server.
    func reprise(_ arguments: String..., input: String? = nil) throws -> Program.Result {
        try Program.run(
            Array(arguments.prefix(1)) + ["--url", server.url] + arguments.dropFirst(), input: input)
    }

    /// The lines of a report, without those of warnings.
    func reportLines(_ result: Program.Result) -> [Substring] {
        result.output.split(separator: "\n").filter { line in
            !["info: ", "warning: ", "error: "].contains { line.hasPrefix($0) }
        }
    }

    /// Runs a client command with `--json`, and returns the response.
    func response(_ arguments: String..., input: String? = nil) throws -> JSON {
        let result = try Program.run(
            Array(arguments.prefix(1)) + ["--url", server.url, "--json"] + arguments.dropFirst(), input: input
        )
        guard result.status == 0 else { throw HarnessError("\(arguments): \(result.errors)") }
        return try JSON(Array(result.output.utf8))
    }
}
