import ModelStore
import Synchronization
import Telemetry
import Training

/// What models computed for requests, by model and version. The number of labels is bounded: the first hundred versions
/// that are used have their own, all others share one, and those that are deleted make room.
package final class InferenceMetrics: Sendable {
    /// How many versions are told apart.
    static let limit = 100
    /// A label's value for all others, which no model can be called.
    private static let other = "(other)"

    private struct Key: Hashable {
        let model: String
        let version: Int
    }

    /// What one version computed.
    private final class Cell: Sendable {
        let windows = Atomic<UInt64>(0)
        let batches = Histogram(.counts)
        let waits = Histogram(.seconds)
        let computations = Histogram(.seconds)
    }

    private let cells = Mutex<[Key: Cell]>([:])
    private let others = Cell()

    /// Has a model compute, and counts that.
    /// - Parameters:
    ///   - windows: how many go through the network together.
    ///   - arrivals: when the requests had come that they are of.
    func measure<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, arrivals: [MonotonicTime?],
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = MonotonicTime.now
        let result = try body()
        let seconds = MonotonicTime.now.nanoseconds(since: start)
        let cell = cell(Key(model: entry.name, version: entry.version))
        cell.windows.add(UInt64(windows), ordering: .relaxed)
        cell.batches.observe(UInt64(windows))
        cell.computations.observe(seconds)
        for arrival in arrivals { cell.waits.observe(start.nanoseconds(since: arrival ?? start)) }
        return result
    }

    /// Has a version compute for one request: counted, and named in the request's line of the log.
    package func measure<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, for call: Call, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        call.context.note(entry)
        return try measure(entry, windows: windows, arrivals: [call.arrival], body)
    }

    private func cell(_ key: Key) -> Cell {
        cells.withLock { cells in
            if let cell = cells[key] { return cell }
            guard cells.count < Self.limit else { return others }
            let cell = Cell()
            cells[key] = cell
            return cell
        }
    }

    /// Forgets versions that there are no more.
    /// - Parameter isThere: whether there is a version of that name and number.
    func forget(unless isThere: (String, Int) -> Bool) {
        let keys = cells.withLock { Array($0.keys) }
        let gone = keys.filter { !isThere($0.model, $0.version) }
        if !gone.isEmpty { cells.withLock { cells in for key in gone { cells[key] = nil } } }
    }

    /// Writes all that was counted.
    func write(to text: inout MetricsText) {
        let all = cells.withLock { $0 }.sorted {
            ($0.key.model, $0.key.version) < ($1.key.model, $1.key.version)
        }
        var rows: [(labels: MetricsText.Labels, cell: Cell)] = all.map {
            ([(name: "model", value: $0.key.model), (name: "version", value: "\($0.key.version)")], $0.value)
        }
        if others.batches.snapshot.count > 0 {
            rows.append(([(name: "model", value: Self.other), (name: "version", value: Self.other)], others))
        }
        text.begin(
            "reprise_inference_windows_total", .counter,
            "Windows that were reconstructed, encoded or scored.")
        for (labels, cell) in rows { text.sample(labels, Double(cell.windows.load(ordering: .relaxed))) }
        text.begin(
            "reprise_inference_batch_windows", .histogram,
            "Windows that went through a network together, of one request or several.")
        for (labels, cell) in rows { text.sample(labels, cell.batches.snapshot) }
        text.begin(
            "reprise_inference_queue_seconds", .histogram,
            "Time of a request from its arrival to the beginning of its computation: waiting, and reading its numbers."
        )
        for (labels, cell) in rows { text.sample(labels, cell.waits.snapshot) }
        text.begin(
            "reprise_inference_compute_seconds", .histogram,
            "Time that a batch of windows took to compute, without reading the request and writing the answer."
        )
        for (labels, cell) in rows { text.sample(labels, cell.computations.snapshot) }
    }
}
