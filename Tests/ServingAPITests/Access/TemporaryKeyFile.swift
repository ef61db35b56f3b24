import APITesting
import DataFormats
import Glibc
import ServingAPI
import Synchronization

/// A file of API keys that is deleted with the instance, and what a server logs about it.
final class TemporaryKeyFile {
    let path = "/tmp/reprise-keys-\(UInt64.random(in: 0 ... .max))"
    let clock = ManualClock()
    private let log = LogRecorder()

    init(_ text: String = "") { write(text) }

    deinit { unlink(path) }

    /// Replaces the file by another one, as an editor does.
    func write(_ text: String) {
        guard let file = fopen("\(path).new", "w") else { return }
        fputs(text, file)
        fclose(file)
        chmod("\(path).new", 0o600)
        rename("\(path).new", path)
    }

    /// The text of the file.
    var text: String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// The keys of a server that uses this file. The server looks at the file when `check` is called.
    func keys() throws -> APIKeys {
        try APIKeys(path: path, logger: log.logger, clock: clock.access)
    }

    /// The log lines since the last call, each with its level.
    func logged() -> [String] { log.take() }

    /// The header field of a key.
    static func bearer(_ key: String) -> [(name: String, value: String)] {
        [(name: "Authorization", value: "Bearer \(key)")]
    }
}

extension APIKey {
    /// A key and its line.
    static func make(_ name: String, _ scopes: String..., options: String = "") throws -> (
        key: String, line: String
    ) {
        let (key, line) = try make(name: name, grants: scopes.compactMap { Grant($0) })
        return (key, "\(line) \(options)\n")
    }
}

/// Clocks that stand still until a test moves them. They start at 2027-01-30T23:59:00Z.
final class ManualClock: Sendable {
    private let seconds = Mutex(0.0)

    func advance(_ seconds: Double) { self.seconds.withLock { $0 += seconds } }

    var access: AccessClock {
        let start = UTCTime("2027-01-30T23:59:00Z")?.microseconds ?? 0
        return AccessClock(
            now: { UTCTime(microseconds: start + Int64(self.seconds.withLock { $0 } * 1e6)) },
            uptime: { self.seconds.withLock { $0 } })
    }
}
