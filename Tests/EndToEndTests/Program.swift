import APITesting
import Foundation

/// The executable, as it was built beside these tests.
enum Program {
    private static let url = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "reprise")

    static var path: String { url.path }

    /// What a command that ended has printed.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs a command to its end.
    static func run(
        _ arguments: [String], program: String = path, launcher: [String] = [], input: String? = nil
    ) throws -> Result {
        let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
        let process = try start(
            arguments, program: program, launcher: launcher, output: output, errors: errors, input: stdin)
        // What these tests send fits into the pipe.
        try stdin.fileHandleForWriting.write(contentsOf: Data((input ?? "").utf8))
        try stdin.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let failed = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: failed, as: UTF8.self))
    }

    /// - Parameter launcher: a program to start it with, and its arguments.
    static func start(
        _ arguments: [String], program: String = path, launcher: [String] = [], output: Pipe, errors: Pipe,
        input: Pipe
    ) throws -> Process {
        let command = launcher + [program] + arguments
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input
        try process.run()
        return process
    }
}
