import HTTP1
import ModelRuntime
import Synchronization
import Telemetry

/// A request on its way through the service: gives it a name, counts it, and logs a line when it is over.
final class ServedExchange: ExchangeObserver {
    /// A model that had to do with it.
    private struct Subject: Sendable {
        let model: String
        let version: Int
    }

    /// What of a request is for the log alone.
    private struct LogEntry: Sendable {
        let log: RequestLog
        let isQuiet: Bool
        let head: RequestHead?
        let peer: String?
    }

    /// The path of what is asked so often that a line each would hide the others.
    private static let quiet: Set<String> = ["/healthz", "/readyz", "/metrics"]
    /// How much of a path is logged.
    private static let loggedPath = 256

    /// What there is for the request; nil for what is no request.
    let match: Router.Match?
    /// What the log tells; nil if this exchange isn't logged.
    private let entry: LogEntry?
    private let method: Method?
    private let metrics: RequestMetrics
    private let start = MonotonicTime.now
    private let id: String
    private let subject = Mutex<Subject?>(nil)

    /// - Parameters:
    ///   - head: nil for what is no request.
    ///   - peer: the client's address.
    init(
        _ head: RequestHead?, _ match: Router.Match?, from peer: String?, metrics: RequestMetrics,
        log: RequestLog?
    ) {
        self.match = match
        self.metrics = metrics
        method = head?.method
        let isQuiet = head.map { Self.quiet.contains($0.path) } ?? false
        entry =
            if let log, !isQuiet || log.isVerbose {
                LogEntry(log: log, isQuiet: isQuiet, head: head, peer: peer)
            } else {
                nil
            }
        id = RequestID.of(head?.fields)
        metrics.begin()
    }

    /// Keeps which model is used, for the log.
    func note(_ entry: ModelRegistry.Entry) {
        guard self.entry != nil else { return }
        subject.withLock { $0 = Subject(model: entry.name, version: entry.version) }
    }

    func willAnswer(_ response: inout Response) {
        response.fields.append((name: RequestID.field, value: id))
    }

    func ended(_ end: ExchangeEnd) {
        let time = MonotonicTime.now.nanoseconds(since: start)
        metrics.end(path: match?.path, method, end.status, nanoseconds: time)
        if let entry { write(entry, end, time) }
    }

    private func write(_ entry: LogEntry, _ end: ExchangeEnd, _ time: UInt64) {
        let trace = entry.head.flatMap { TraceParent($0.fields) }
        entry.log.writer.log(entry.isQuiet ? "debug" : "info", "request") { line in
            line.field("request_id", id)
            line.field("method", ifAny: method?.rawValue)
            line.field("route", ifAny: match?.path.map(metrics.path))
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
            if !end.isWhole { line.field("end", end.status == nil ? "client_gone" : "cut_off") }
        }
    }

    /// A path is ASCII when the parser has let it through.
    private static func shortened(_ path: String) -> String {
        path.utf8.count <= loggedPath ? path : path.prefix(loggedPath) + "..."
    }
}

extension Service {
    /// Has the log tell which model a request used.
    func note(_ entry: ModelRegistry.Entry, in call: Call) {
        (call.request.head.observer as? ServedExchange)?.note(entry)
    }

    /// Has a model compute for a request: counted, and told in its line of the log.
    func computing<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, for call: Call, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        note(entry, in: call)
        return try metrics.inferences.measure(
            entry, windows: windows, arrivals: [call.arrival], body)
    }

    /// How many lines of the log were lost.
    var lostLogLines: Int { requestLog?.writer.droppedLines ?? 0 }
}
