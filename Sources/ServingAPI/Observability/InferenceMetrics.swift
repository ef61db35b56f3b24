import ModelFiles
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

    private let versions = Mutex<[Key: VersionMetrics]>([:])
    private let others = VersionMetrics(of: nil)

    /// The metrics of a version.
    func version(_ entry: ModelRegistry.Entry) -> VersionMetrics {
        let key = Key(model: entry.name, version: entry.version)
        return versions.withLock { versions in
            if let known = versions[key] { return known }
            guard versions.count < Self.maxVersions else { return others }
            let new = VersionMetrics(of: entry.trained.description)
            versions[key] = new
            return new
        }
    }

    /// The metrics of a version that a request uses, which is recorded in the request's log line.
    package func version(_ entry: ModelRegistry.Entry, for call: Call) -> VersionMetrics {
        call.context.note(entry)
        return version(entry)
    }

    /// Runs a computation for one request, and measures it.
    package func measure<Result, Failure>(
        _ entry: ModelRegistry.Entry, windows: Int, for call: Call, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try version(entry, for: call).measure(windows: windows, for: call, body)
    }

    /// Removes the metrics of versions.
    /// - Parameter isDeleted: whether the version of that model and number has been deleted.
    func removeVersions(where isDeleted: (_ model: String, _ version: Int) -> Bool) {
        let keys = versions.withLock { Array($0.keys) }
        let deleted = keys.filter { isDeleted($0.model, $0.version) }
        if !deleted.isEmpty { versions.withLock { versions in for key in deleted { versions[key] = nil } } }
    }

    /// Writes all metrics.
    func write(to text: inout MetricsText) {
        let all = versions.withLock { $0 }.sorted {
            ($0.key.model, $0.key.version) < ($1.key.model, $1.key.version)
        }
        var rows: [Row] = all.map {
            ([(name: "model", value: $0.key.model), (name: "version", value: "\($0.key.version)")], $0.value)
        }
        if others.batches.snapshot.count > 0 {
            rows.append(([(name: "model", value: Self.other), (name: "version", value: Self.other)], others))
        }
        text.writeComputations(rows)
        text.writeScores(rows.filter { $0.metrics.scores.snapshot.count > 0 })
        text.begin(
            "reprise_model_created_timestamp_seconds", .gauge,
            "Time when a version that is in use was made, in seconds since 1970.")
        for (labels, metrics) in rows {
            if let created = metrics.created { text.sample(labels, created) }
        }
    }
}

/// The metrics of a version and their labels.
private typealias Row = (labels: MetricsText.Labels, metrics: VersionMetrics)

extension MetricsText {
    fileprivate mutating func writeComputations(_ rows: [Row]) {
        begin(
            "reprise_inference_windows_total", .counter,
            "Windows that were reconstructed, encoded or scored.")
        for (labels, metrics) in rows { sample(labels, Double(metrics.windows.load(ordering: .relaxed))) }
        begin(
            "reprise_inference_batch_windows", .histogram,
            "Windows that went through a network together, from one request or several.")
        for (labels, metrics) in rows { sample(labels, metrics.batches.snapshot) }
        begin(
            "reprise_inference_queue_seconds", .histogram,
            "Time from the arrival of a request to the start of its computation: queueing and parsing.")
        for (labels, metrics) in rows { sample(labels, metrics.queueTimes.snapshot) }
        begin(
            "reprise_inference_compute_seconds", .histogram,
            "Time to compute a batch of windows, without parsing the request and writing the response.")
        for (labels, metrics) in rows { sample(labels, metrics.computeTimes.snapshot) }
    }

    fileprivate mutating func writeScores(_ rows: [Row]) {
        begin("reprise_scored_windows_total", .counter, "Windows whose score a response had.")
        for (labels, metrics) in rows { sample(labels, Double(metrics.scores.snapshot.count)) }
        begin(
            "reprise_anomalous_windows_total", .counter,
            "Windows whose score was above 1, so whose error was above the threshold.")
        for (labels, metrics) in rows { sample(labels, Double(metrics.anomalies.load(ordering: .relaxed))) }
        begin(
            "reprise_window_score", .histogram,
            "Score of each window: its error divided by the threshold.")
        for (labels, metrics) in rows { sample(labels, metrics.scores.snapshot) }
        begin(
            "reprise_drift_share", .gauge,
            "Share of windows with a large error, 0.1 without drift, in the last response that had a drift.")
        for (labels, metrics) in rows {
            if let share = metrics.driftShare { sample(labels, share) }
        }
    }
}
