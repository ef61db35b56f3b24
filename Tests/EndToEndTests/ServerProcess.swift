import APITesting
import Foundation
import Synchronization

/// `reprise serve` on a free port, in a process of its own.
final class ServerProcess {
    let url: String
    let client: Client
    /// What it had logged when it was ready.
    let log: String
    private let process: Process
    private let later = Later()
    private let errors = Pipe()
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - launcher: a program to start it with, and its arguments.
    ///   - folder: of the models; one of its own by default.
    init(_ arguments: [String] = [], launcher: [String] = [], folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        process = try Program.start(
            ["serve", "--port", "0", "--models", self.folder.path] + arguments, launcher: launcher,
            output: Pipe(), errors: errors, input: Pipe())
        // A line of the log says where, and is whole.
        let line = /url"?[=:]"?(http:[^\s"]+).*\n/
        var log = ""
        while log.firstMatch(of: line) == nil {
            let piece = errors.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw HarnessError("the server has not started: \(log)") }
            log += String(decoding: piece, as: UTF8.self)
        }
        guard let url = log.firstMatch(of: line)?.1 else {
            throw HarnessError("no URL in: \(log)")
        }
        self.url = String(url)
        self.log = log
        client = try Client(url: self.url)
        // What a full pipe can't take is lost.
        errors.fileHandleForReading.readabilityHandler = { [later] in later.add($0.availableData) }
    }

    deinit {
        if process.isRunning { process.interrupt() }
        process.waitUntilExit()
        errors.fileHandleForReading.readabilityHandler = nil
    }

    /// What it has logged since, once that matches: all of it is written within a moment.
    func logged<Output>(_ pattern: some RegexComponent<Output>) throws -> Output {
        for _ in 0..<500 {
            if let match = later.text.firstMatch(of: pattern) { return match.output }
            usleep(10_000)
        }
        throw HarnessError("no such line in \(later.text)")
    }

    /// Log lines as they come.
    private final class Later: Sendable {
        private let data = Mutex(Data())

        func add(_ more: Data) { data.withLock { $0.append(more) } }

        var text: String { data.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The exit status.
    func waitForEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Whether what it takes says something: a sanitizer takes much for itself.
    static let memoryIsItsOwn = ProcessInfo.processInfo.environment["TESTS_SANITIZED"] == nil

    /// The most memory that was ever resident, in MiB.
    func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        guard let kilobytes = status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap({ Int($0.1) }) else {
            throw HarnessError("no VmHWM in \(status)")
        }
        return kilobytes >> 10
    }
}
