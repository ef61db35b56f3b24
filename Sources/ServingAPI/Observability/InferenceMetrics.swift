import ModelStore
import Synchronization
import Telemetry
import Training

/// Metrics of the computations by models, labelled by model and version.
///
/// The number of label values is bounded: the first ``maxVersions`` versions that are used have labels of
/// their own, and all others share one. The labels of deleted versions are removed.
package final class InferenceMetrics: Sendable {
    /// The maximum number of versions with labels of their own.
    private static let maxVersions = 100
    /// The label value of all other versions. It is not a valid model name.
    private static let other = "(other)"

    private struct Key: Hashable {
        let model: String
        let version: Int
    }

    /// The metrics of one version.
    private final class Cell: Sendable {
        let windows = Atomic<UInt64>(0)
        let batches = Histogram(.counts)
        let queueTimes = Histogram(.seconds)
        let computeTimes = Histogram(.seconds)
    }

    private let cells = Mutex<[Key: Cell]>([:])
    private let otherCell = Cell()

    /// Runs a computation by a model, and measures it.
    /// - Parameters:
    ///   - windows: the number of windows that go through the network together.
    ///   - arrivals: the arrival times of the requests that the windows belong to.
    func measure<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, arrivals: [MonotonicTime?],
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = MonotonicTime.now
        let result = try body()
        let nanoseconds = MonotonicTime.now.nanoseconds(since: start)
        let cell = cell(Key(model: entry.name, version: entry.version))
        cell.windows.add(UInt64(windows), ordering: .relaxed)
        cell.batches.observe(UInt64(windows))
        cell.computeTimes.observe(nanoseconds)
        for arrival in arrivals { cell.queueTimes.observe(start.nanoseconds(since: arrival ?? start)) }
        return result
    }

    /// Runs a computation for one request, measures it, and records the version in the request's log line.
    package func measure<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, for call: Call, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        call.context.note(entry)
        return try measure(entry, windows: windows, arrivals: [call.arrival], body)
    }

    private func cell(_ key: Key) -> Cell {
        cells.withLock { cells in
            if let cell = cells[key] { return cell }
            guard cells.count < Self.maxVersions else { return otherCell }
            let cell = Cell()
            cells[key] = cell
            return cell
        }
    }

    /// Removes the metrics of versions.
    /// - Parameter isDeleted: whether the version of that model and number has been deleted.
    func removeVersions(where isDeleted: (_ model: String, _ version: Int) -> Bool) {
        let keys = cells.withLock { Array($0.keys) }
        let deleted = keys.filter { isDeleted($0.model, $0.version) }
        if !deleted.isEmpty { cells.withLock { cells in for key in deleted { cells[key] = nil } } }
    }

    /// Writes all metrics.
    func write(to text: inout MetricsText) {
        let all = cells.withLock { $0 }.sorted {
            ($0.key.model, $0.key.version) < ($1.key.model, $1.key.version)
        }
        var rows: [(labels: MetricsText.Labels, cell: Cell)] = all.map {
            ([(name: "model", value: $0.key.model), (name: "version", value: "\($0.key.version)")], $0.value)
        }
        if otherCell.batches.snapshot.count > 0 {
            rows.append(
                ([(name: "model", value: Self.other), (name: "version", value: Self.other)], otherCell))
        }
        text.begin(
            "reprise_inference_windows_total", .counter,
            "Windows that were reconstructed, encoded or scored.")
        for (labels, cell) in rows { text.sample(labels, Double(cell.windows.load(ordering: .relaxed))) }
        text.begin(
            "reprise_inference_batch_windows", .histogram,
            "Windows that went through a network together, from one request or several.")
        for (labels, cell) in rows { text.sample(labels, cell.batches.snapshot) }
        text.begin(
            "reprise_inference_queue_seconds", .histogram,
            "Time from the arrival of a request to the start of its computation: queueing and parsing."
        )
        for (labels, cell) in rows { text.sample(labels, cell.queueTimes.snapshot) }
        text.begin(
            "reprise_inference_compute_seconds", .histogram,
            "Time to compute a batch of windows, without parsing the request and writing the response."
        )
        for (labels, cell) in rows { text.sample(labels, cell.computeTimes.snapshot) }
    }
}
