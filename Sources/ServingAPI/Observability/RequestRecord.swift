import HTTP1
import ModelStore
import Synchronization
import Telemetry

/// Observes one exchange: gives the request an ID, counts it, and logs a line when it has ended.
final class RequestRecord: Sendable {
    /// The version of a model that the request used.
    private struct Subject: Sendable {
        let model: String
        let version: Int
    }

    /// The data that only the log needs.
    private struct LogEntry: Sendable {
        let log: RequestLog
        let level: String
        let head: RequestHead?
        let peer: String?
    }

    /// Paths of routes that are requested so often that their lines would hide the others. They are logged at the level
    /// debug.
    private static let debugPaths: Set<String> = ["/healthz", "/readyz", "/metrics"]
    /// The maximum length of a path in the log, in bytes.
    private static let maxLoggedPath = 256

    private let path: Int?
    /// nil if this exchange is not logged.
    private let entry: LogEntry?
    private let method: Method?
    private let metrics: RequestMetrics
    private let start = MonotonicTime.now
    private let id: String
    private let subject = Mutex<Subject?>(nil)

    /// - Parameters:
    ///   - head: nil if no request could be parsed.
    ///   - path: the index of the route's path; nil for a path that no route has.
    ///   - peer: the client's address.
    init(
        _ head: RequestHead?, path: Int?, from peer: String?, metrics: RequestMetrics, log: RequestLog?
    ) {
        self.path = path
        self.metrics = metrics
        method = head?.method
        let isDebug = path.map { Self.debugPaths.contains(metrics.path($0)) } ?? false
        entry =
            if let log, !isDebug || log.isVerbose {
                LogEntry(log: log, level: isDebug ? "debug" : "info", head: head, peer: peer)
            } else {
                nil
            }
        id = RequestID.of(head?.fields)
        metrics.begin()
    }

    /// Records the version that the request uses, for the log.
    func note(_ version: ModelRegistry.Entry) {
        guard entry != nil else { return }
        subject.withLock { $0 = Subject(model: version.name, version: version.version) }
    }

    /// Adds the request's ID to the response.
    func willRespond(with response: inout Response) {
        response.fields.append((name: RequestID.field, value: id))
    }

    /// Counts and logs the exchange.
    func didEnd(_ end: ExchangeEnd) {
        let nanoseconds = MonotonicTime.now.nanoseconds(since: start)
        metrics.end(path: path, method, end.status, nanoseconds: nanoseconds)
        if let entry { write(entry, end, nanoseconds) }
    }

    private func write(_ entry: LogEntry, _ end: ExchangeEnd, _ nanoseconds: UInt64) {
        let trace = entry.head.flatMap { TraceParent($0.fields) }
        entry.log.writer.log(entry.level, "request") { line in
            line.field("request_id", id)
            line.field("method", ifAny: method?.rawValue)
            line.field("route", ifAny: path.map(metrics.path))
            if let path = entry.head?.path { line.field("path", Self.shortened(path)) }
            line.field("status", end.status?.code ?? RequestMetrics.clientClosedRequest)
            line.field("bytes", end.contentBytes)
            line.field("seconds", nanoseconds: nanoseconds)
            line.field("peer", ifAny: entry.peer)
            if let subject = subject.withLock({ $0 }) {
                line.field("model", subject.model)
                line.field("version", subject.version)
            }
            line.field("trace_id", ifAny: trace?.traceID)
            line.field("parent_id", ifAny: trace?.parentID)
            if !end.isComplete { line.field("end", end.status == nil ? "client_gone" : "cut_off") }
        }
    }

    /// Cuts a path to ``maxLoggedPath`` bytes. Paths are ASCII, because the HTTP parser accepts nothing else.
    private static func shortened(_ path: String) -> String {
        path.utf8.count <= maxLoggedPath ? path : path.prefix(maxLoggedPath) + "..."
    }
}
