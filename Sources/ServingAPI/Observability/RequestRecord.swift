import HTTP1
import ModelStore
import Synchronization
import Telemetry
import Training

/// Observes one exchange: gives the request an ID, counts it, and logs a line when it has ended.
final class RequestRecord: Sendable {
    /// The version of a model that the request used, or the training that it started or was about.
    private enum Subject: Sendable {
        case version(model: String, Int)
        case training(TrainingJob)
    }

    /// The data that only the log needs.
    private struct LogEntry: Sendable {
        let log: RequestLog
        let level: String
        let head: RequestHead?
        let peer: String?
    }

    /// Paths of routes that are requested so often that their lines would hide the others. They are logged at
    /// the level debug.
    private static let debugPaths: Set<String> = ["/healthz", "/readyz", "/metrics"]
    /// The maximum length of a path in the log, in bytes.
    private static let maxLoggedPath = 256

    private let path: Int?
    /// nil if this exchange is not logged.
    private let entry: LogEntry?
    private let method: Method?
    private let metrics: RequestMetrics
    private let start = MonotonicTime.now
    /// The request's ID.
    let id: String
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
        subject.withLock { $0 = .version(model: version.name, version.version) }
    }

    /// Records the training that the request has started or is about, for the log.
    func note(_ job: TrainingJob) {
        guard entry != nil else { return }
        subject.withLock { $0 = .training(job) }
    }

    /// Adds the request's ID to the response.
    func willRespond(with response: inout Response) {
        response.fields.append((name: RequestID.field, value: id))
    }

    /// Counts and logs the exchange.
    /// - Parameter keyName: the name of the API key; nil without one. Evaluated only for a line of the log.
    func didEnd(_ end: ExchangeEnd, keyName: @autoclosure () -> String?) {
        let nanoseconds = MonotonicTime.now.nanoseconds(since: start)
        metrics.end(path: path, method, end.status, nanoseconds: nanoseconds)
        if let entry { write(entry, end, nanoseconds, keyName()) }
    }

    private func write(_ entry: LogEntry, _ end: ExchangeEnd, _ nanoseconds: UInt64, _ keyName: String?) {
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
            line.field("key_name", ifAny: keyName)
            switch subject.withLock({ $0 }) {
            case .version(let model, let version):
                line.field("model", model)
                line.field("version", version)
            case .training(let job):
                line.field("model", job.model)
                if case .succeeded(let version) = job.summary.state { line.field("version", version.version) }
                line.field("job", job.id)
            case nil: break
            }
            line.field("trace_id", ifAny: trace?.traceID)
            line.field("parent_id", ifAny: trace?.parentID)
            if !end.isComplete { line.field("end", end.status == nil ? "client_gone" : "cut_off") }
        }
    }

    /// Cuts a path to ``maxLoggedPath`` bytes. Paths are ASCII, because the HTTP parser accepts nothing else.
    static func shortened(_ path: String) -> String {
        path.utf8.count <= maxLoggedPath ? path : path.prefix(maxLoggedPath) + "..."
    }
}
