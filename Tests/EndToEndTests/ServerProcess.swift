import APITesting
import Foundation
import Synchronization

/// `reprise serve` on a free port, in a process of its own.
final class ServerProcess {
    let url: String
    let client: Client
    /// The log up to the line that the server is listening.
    let log: String
    private let process: Process
    private let laterLog = LaterLog()
    private let errors = Pipe()
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - launcher: a program that starts the server, and its arguments.
    ///   - folder: the models' folder; by default a new one.
    init(_ arguments: [String] = [], launcher: [String] = [], folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        process = try Program.start(
            ["serve", "--port", "0", "--models", self.folder.path] + arguments, launcher: launcher,
            output: Pipe(), errors: errors, input: Pipe())
        // The log line with the address, up to its line feed.
        let line = /url"?[=:]"?(http:[^\s"]+).*\n/
        var log = ""
        while log.firstMatch(of: line) == nil {
            let piece = errors.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw HarnessError("the server did not start: \(log)") }
            log += String(decoding: piece, as: UTF8.self)
        }
        guard let url = log.firstMatch(of: line)?.1 else {
            throw HarnessError("no URL in: \(log)")
        }
        self.url = String(url)
        self.log = log
        client = try Client(url: self.url)
        // Read on, because the server drops log lines while the pipe is full.
        errors.fileHandleForReading.readabilityHandler = { [laterLog] in laterLog.append($0.availableData) }
    }

    deinit {
        if process.isRunning { process.interrupt() }
        process.waitUntilExit()
        errors.fileHandleForReading.readabilityHandler = nil
    }

    /// Waits up to 5 seconds for log lines that match a pattern.
    func logged<Output>(_ pattern: some RegexComponent<Output>) throws -> Output {
        for _ in 0..<500 {
            if let match = laterLog.text.firstMatch(of: pattern) { return match.output }
            usleep(10_000)
        }
        throw HarnessError("no such line in \(laterLog.text)")
    }

    /// Log lines after the start.
    private final class LaterLog: Sendable {
        private let data = Mutex(Data())

        func append(_ more: Data) { data.withLock { $0.append(more) } }

        var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end of the process, and returns its exit code.
    func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Whether memory can be measured. A sanitizer needs much memory itself.
    static let canMeasureMemory = ProcessInfo.processInfo.environment["TESTS_SANITIZED"] == nil

    /// The maximum resident memory so far, in MiB.
    func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        guard let kilobytes = status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap({ Int($0.1) }) else {
            throw HarnessError("no VmHWM in \(status)")
        }
        return kilobytes >> 10
    }
}
