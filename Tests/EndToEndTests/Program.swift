import APITesting
import Foundation

/// The executable that was built with these tests.
enum Program {
    private static let url = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "reprise")

    static var path: String { url.path }

    /// The exit code and the output of a command.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs a command, and waits for its end.
    /// - Parameters:
    ///   - launcher: a program that starts the command, and its arguments.
    ///   - input: the standard input.
    static func run(
        _ arguments: [String], program: String = path, launcher: [String] = [], input: String? = nil
    ) throws -> Result {
        let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
        let process = try start(
            arguments, program: program, launcher: launcher, output: output, errors: errors, input: stdin)
        // The input of these tests fits into the buffer of the pipe, so that writing does not block.
        try stdin.fileHandleForWriting.write(contentsOf: Data((input ?? "").utf8))
        try stdin.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let failed = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: failed, as: UTF8.self))
    }

    /// Starts a command.
    /// - Parameter launcher: a program that starts the command, and its arguments.
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
