import HTTP1
import Synchronization
import Telemetry

/// How many requests there were and how long they took, by path, method and status. A request costs a few atomic
/// operations: each combination has a place from the beginning, and a histogram from its first request on.
///
/// No label comes from a request: paths are those of routes, methods and statuses those that are known.
final class RequestMetrics: Sendable {
    /// nginx' number for a client that went before it was answered; no such answer is ever sent.
    static let goneStatus = 499

    /// The methods that the parser lets through.
    private static let methods: [Method] = [.get, .post, .head, .put, .delete, .options, .patch]
    /// A label's value for what is not among the known ones. No path, method or status looks like it.
    private static let other = "(other)"

    /// Statuses that answers have, the most frequent first.
    private static let statuses = [
        200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 417, 422, 429, 431,
        goneStatus, 500,
        501, 503, 505, 507,
    ]

    /// For each code from 200 to 599 its place in `statuses`, or one behind them.
    private static let places: [UInt8] = (200..<600).map {
        UInt8(statuses.firstIndex(of: $0) ?? statuses.count)
    }

    private let paths: [String]
    private let places = RequestMetrics.places
    private let methods = RequestMetrics.methods
    /// The place never changes, and what is there is atomic.
    nonisolated(unsafe) private let cells: UnsafeMutableBufferPointer<AtomicLazyReference<Histogram>>
    private let inFlight = Atomic(0)

    /// - Parameter paths: those of the routes.
    init(paths: [String]) {
        self.paths = paths
        let count = (paths.count + 1) * (Self.methods.count + 1) * (Self.statuses.count + 1)
        cells = .allocate(capacity: count)
        for index in cells.indices { cells.initializeElement(at: index, to: AtomicLazyReference()) }
    }

    deinit {
        cells.deinitialize()
        cells.deallocate()
    }

    /// The path of that number.
    func path(_ number: Int) -> String { paths[number] }

    /// A request has begun.
    func begin() { inFlight.add(1, ordering: .relaxed) }

    /// A request that had begun is over.
    /// - Parameters:
    ///   - path: its number in `paths`; nil for one that no route has.
    ///   - method: nil if the request could not be read.
    ///   - status: nil if the client went before it was answered.
    func end(path: Int?, _ method: Method?, _ status: Status?, nanoseconds: UInt64) {
        inFlight.subtract(1, ordering: .relaxed)
        let method = method.flatMap(methods.firstIndex) ?? methods.count
        let code = (status?.code ?? Self.goneStatus) - 200
        let status = places.indices.contains(code) ? Int(places[code]) : Self.statuses.count
        histogram(path ?? paths.count, method, status).observe(nanoseconds)
    }

    private func index(_ path: Int, _ method: Int, _ status: Int) -> Int {
        (path * (Self.methods.count + 1) + method) * (Self.statuses.count + 1) + status
    }

    private func histogram(_ path: Int, _ method: Int, _ status: Int) -> Histogram {
        let index = index(path, method, status)
        return cells[index].load() ?? cells[index].storeIfNil(Histogram(.seconds))
    }

    /// Writes all that was counted.
    func write(to text: inout MetricsText) {
        var seen: [(labels: MetricsText.Labels, snapshot: Histogram.Snapshot)] = []
        for path in 0...paths.count {
            for method in 0...Self.methods.count {
                for status in 0...Self.statuses.count {
                    guard let histogram = cells[index(path, method, status)].load() else { continue }
                    let labels = [
                        (name: "route", value: path < paths.count ? paths[path] : Self.other),
                        (
                            name: "method",
                            value: method < Self.methods.count ? Self.methods[method].rawValue : Self.other
                        ),
                        (
                            name: "status",
                            value: status < Self.statuses.count ? "\(Self.statuses[status])" : Self.other
                        ),
                    ]
                    seen.append((labels, histogram.snapshot))
                }
            }
        }
        text.begin(
            "reprise_http_requests_total", .counter,
            "Requests that were answered, or whose client went away before (status 499).")
        for cell in seen { text.sample(cell.labels, Double(cell.snapshot.count)) }
        text.begin(
            "reprise_http_request_duration_seconds", .histogram,
            "Time from the end of a request's head to the end of its answer, which for a stream is when it ends."
        )
        for cell in seen { text.sample(cell.labels, cell.snapshot) }
        text.single(
            "reprise_http_requests_in_flight", .gauge, "Requests that are being received or answered.",
            Double(inFlight.load(ordering: .relaxed)))
    }
}
