import HTTP1
import Synchronization
import Telemetry

/// The number and duration of requests, by path, method and status.
///
/// A request costs a few atomic operations: each combination of labels has a preallocated cell, which gets a
/// histogram with its first request. No label value comes from a request: paths are those of the routes, and
/// methods and statuses are from fixed lists.
final class RequestMetrics: Sendable {
    /// The status of a request whose client disconnected before the response, as in nginx. It is never sent.
    static let clientClosedRequest = 499

    /// The methods that the HTTP parser accepts.
    private static let methods: [Method] = [.get, .post, .head, .put, .delete, .options, .patch]
    /// The label value of everything that is not listed. No path, method or status has this form.
    private static let other = "(other)"

    /// The statuses of responses.
    private static let statuses = [
        200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 416, 417,
        421, 422, 429, 431, clientClosedRequest, 500, 501, 503, 505, 507,
    ]

    /// For each code from 200 to 599, its index in `statuses`, or `statuses.count` if it is not listed.
    private static let statusIndices: [UInt8] = (200..<600).map {
        UInt8(statuses.firstIndex(of: $0) ?? statuses.count)
    }

    private let paths: [String]
    private let statusIndices = RequestMetrics.statusIndices
    private let methods = RequestMetrics.methods
    /// One cell for each combination of path, method and status. The buffer never changes, and its cells are
    /// atomic.
    nonisolated(unsafe) private let cells: UnsafeMutableBufferPointer<AtomicLazyReference<Histogram>>
    private let inFlight = Atomic(0)

    /// - Parameter paths: the paths of the routes.
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

    /// The path with the given index.
    func path(_ index: Int) -> String { paths[index] }

    /// Counts the start of a request.
    func begin() { inFlight.add(1, ordering: .relaxed) }

    /// Counts the end of a request.
    /// - Parameters:
    ///   - path: the index of the path; nil for a path that no route has.
    ///   - method: nil if the request could not be parsed.
    ///   - status: nil if the client disconnected before the response.
    func end(path: Int?, _ method: Method?, _ status: Status?, nanoseconds: UInt64) {
        inFlight.subtract(1, ordering: .relaxed)
        let method = method.flatMap(methods.firstIndex) ?? methods.count
        let code = (status?.code ?? Self.clientClosedRequest) - 200
        let status = statusIndices.indices.contains(code) ? Int(statusIndices[code]) : Self.statuses.count
        histogram(path ?? paths.count, method, status).observe(nanoseconds)
    }

    private func index(_ path: Int, _ method: Int, _ status: Int) -> Int {
        (path * (Self.methods.count + 1) + method) * (Self.statuses.count + 1) + status
    }

    private func histogram(_ path: Int, _ method: Int, _ status: Int) -> Histogram {
        let index = index(path, method, status)
        return cells[index].load() ?? cells[index].storeIfNil(Histogram(.seconds))
    }

    /// Writes all metrics.
    func write(to text: inout MetricsText) {
        var samples: [(labels: MetricsText.Labels, snapshot: Histogram.Snapshot)] = []
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
                    samples.append((labels, histogram.snapshot))
                }
            }
        }
        text.begin(
            "reprise_http_requests_total", .counter,
            "Requests that have ended; status 499 if the client disconnected before the response.")
        for sample in samples { text.sample(sample.labels, Double(sample.snapshot.count)) }
        text.begin(
            "reprise_http_request_duration_seconds", .histogram,
            "Time from the end of a request's head to the end of its response, including streams."
        )
        for sample in samples { text.sample(sample.labels, sample.snapshot) }
        text.single(
            "reprise_http_requests_in_flight", .gauge, "Requests that are being received or processed.",
            Double(inFlight.load(ordering: .relaxed)))
    }
}
