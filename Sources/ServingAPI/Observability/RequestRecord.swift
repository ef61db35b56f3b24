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

    /// What only the log needs.
    private struct LogEntry: Sendable {
        let log: RequestLog
        let isQuiet: Bool
        let head: RequestHead?
        let peer: String?
    }

    /// Paths that are requested so often that a line each would hide the other lines.
    private static let quietPaths: Set<String> = ["/healthz", "/readyz", "/metrics"]
    /// The maximum number of bytes of a path in the log.
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
    ///   - head: nil for bytes that are no request.
    ///   - path: the index of the route's path; nil for a path that no route has.
    ///   - peer: the client's address.
    init(
        _ head: RequestHead?, path: Int?, from peer: String?, metrics: RequestMetrics, log: RequestLog?
    ) {
        self.path = path
        self.metrics = metrics
        method = head?.method
        let isQuiet = head.map { Self.quietPaths.contains($0.path) } ?? false
        entry =
            if let log, !isQuiet || log.isVerbose {
                LogEntry(log: log, isQuiet: isQuiet, head: head, peer: peer)
            } else {
                nil
            }
        id = RequestID.of(head?.fields)
        metrics.begin()
    }

    /// Keeps the version that the request uses, for the log.
    func note(_ version: ModelRegistry.Entry) {
        guard entry != nil else { return }
        subject.withLock { $0 = Subject(model: version.name, version: version.version) }
    }

    /// Adds the request's ID to the response.
    func willRespond(with response: inout Response) {
        response.fields.append((name: RequestID.field, value: id))
    }

    /// Counts and logs.
    func didEnd(_ end: ExchangeEnd) {
        let time = MonotonicTime.now.nanoseconds(since: start)
        metrics.end(path: path, method, end.status, nanoseconds: time)
        if let entry { write(entry, end, time) }
    }

    private func write(_ entry: LogEntry, _ end: ExchangeEnd, _ time: UInt64) {
        let trace = entry.head.flatMap { TraceParent($0.fields) }
        entry.log.writer.log(entry.isQuiet ? "debug" : "info", "request") { line in
            line.field("request_id", id)
            line.field("method", ifAny: method?.rawValue)
            line.field("route", ifAny: path.map(metrics.path))
            if let path = entry.head?.path { line.field("path", Self.shortened(path)) }
            line.field("status", end.status?.code ?? RequestMetrics.goneStatus)
            line.field("bytes", end.contentBytes)
            line.field("seconds", nanoseconds: time)
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

    /// The parser lets only ASCII paths through.
    private static func shortened(_ path: String) -> String {
        path.utf8.count <= maxLoggedPath ? path : path.prefix(maxLoggedPath) + "..."
    }
}
