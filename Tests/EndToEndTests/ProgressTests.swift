import APITesting
import Foundation
import RepriseClient
import Testing

/// The progress that `reprise train` shows, and its interruption.
@Suite struct ProgressTests {
    private let server: ServerProcess

    init() throws { server = try ServerProcess() }

    private func train(_ epochs: Int, _ more: [String] = []) -> [String] {
        ["train", "--url", server.url, "--model", "m", "--epochs", "\(epochs)"] + more
    }

    private func jobs() throws -> [JSON] { try server.client.get("/jobs").json["jobs"]?.array ?? [] }

    @Test func progressIsALineWithoutATerminal() throws {
        let result = try Program.run(train(12, ["--validation-split", "0.5"]), input: "\(Small.windows)")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("in 12 epochs"))
        #expect(result.errors.hasPrefix("epoch 12/12  loss "), "\(result.errors)")
        #expect(result.errors.contains("val_loss"))
        #expect(result.errors.filter { $0 == "\r" }.isEmpty)
    }

    /// script(1) gives the command a terminal, which receives both of its outputs.
    @Test func progressIsABarOnATerminal() throws {
        let command = ([Program.path] + train(40)).joined(separator: " ")
        let result = try Program.run(
            ["-qec", "echo '\(Small.windows)' | \(command)", "/dev/null"], program: "/usr/bin/script")
        #expect(result.status == 0, "\(result.output)")
        let last = try #require(result.output.components(separatedBy: "\r").last { $0.contains("40/40") })
        #expect(last.hasPrefix("██████████████████████████████ 40/40  loss 0."), "\(last)")
        #expect(last.contains(" epochs/s"), "\(last)")
        #expect(result.output.contains("in 40 epochs"))
    }

    @Test func anInterruptionCancelsTheJob() throws {
        let input = Pipe()
        let errors = Pipe()
        let process = try Program.start(train(100_000), output: Pipe(), errors: errors, input: input)
        try input.fileHandleForWriting.write(contentsOf: Data("\(Small.windows)".utf8))
        try input.fileHandleForWriting.close()
        while try jobs().first?["epoch"]?.int ?? 0 < 10 { usleep(1000) }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGINT)
        let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(printed.hasSuffix("cancelled\n"), "\(printed)")
        while try jobs().first?["state"] == "running" { usleep(1000) }
        #expect(try jobs().first?["state"] == "cancelled")
        #expect(try server.client.get("/models/m").status == 404)
    }

    /// A killed client cannot cancel the job itself; the server notices that the connection is closed.
    @Test func theJobOfAKilledClientIsCancelled() throws {
        let input = Pipe()
        let process = try Program.start(train(100_000), output: Pipe(), errors: Pipe(), input: input)
        try input.fileHandleForWriting.write(contentsOf: Data("\(Small.windows)".utf8))
        try input.fileHandleForWriting.close()
        while try jobs().first?["epoch"]?.int ?? 0 < 10 { usleep(1000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        while try jobs().first?["state"] == "running" { usleep(1000) }
        #expect(try jobs().first?["state"] == "cancelled")
    }

    @Test func errorsEndTheCommand() throws {
        let result = try Program.run(train(1, ["--units", "0"]), input: "\(Small.windows)")
        #expect(result.status != 0)
        #expect(result.errors.hasPrefix("Error: ") && result.errors.contains("units"), "\(result.errors)")
        let diverged = try Program.run(
            train(100, ["--learning-rate", "1e6", "--activation", "linear"]), input: "\(Small.windows)")
        #expect(diverged.status != 0)
        #expect(diverged.errors.contains("NaN or infinite"), "\(diverged.errors)")
    }
}
