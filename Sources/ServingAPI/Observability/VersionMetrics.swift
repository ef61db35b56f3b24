import DataFormats
import Detection
import ModelFiles
import Synchronization
import Telemetry

/// The metrics of the computations by one version of a model. They are atomic, so that counting takes no
/// lock.
package final class VersionMetrics: Sendable {
    /// The time when the version was made, in seconds since 1970; nil for several versions.
    let created: Double?
    let windows = Atomic<UInt64>(0)
    let batches = Histogram(.counts)
    let queueTimes = Histogram(.seconds)
    let computeTimes = Histogram(.seconds)
    /// The scores of windows, and with them their number.
    let scores = Histogram(.ratios)
    let anomalies = Atomic<UInt64>(0)
    /// The bits of the last drift's share; NaN before the first.
    private let driftBits = Atomic(Double.nan.bitPattern)

    /// The share of the last drift; nil before the first.
    var driftShare: Double? {
        let share = Double(bitPattern: driftBits.load(ordering: .relaxed))
        return share.isNaN ? nil : share
    }

    /// - Parameter model: the version; nil for the metrics that several versions share.
    init(of model: ModelDescription?) {
        created = model.flatMap { UTCTime($0.origin.createdAt) }.map { Double($0.microseconds) / 1e6 }
    }

    /// Runs a computation, and measures it.
    /// - Parameters:
    ///   - windows: the number of windows that go through the network together.
    ///   - arrivals: the arrival times of the requests that the windows belong to.
    func measure<Result, Failure>(
        windows: Int, arrivals: [MonotonicTime?], _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = MonotonicTime.now
        let result = try body()
        let nanoseconds = MonotonicTime.now.nanoseconds(since: start)
        self.windows.add(UInt64(windows), ordering: .relaxed)
        batches.observe(UInt64(windows))
        computeTimes.observe(nanoseconds)
        for arrival in arrivals { queueTimes.observe(start.nanoseconds(since: arrival ?? start)) }
        return result
    }

    /// Runs a computation for one request, and measures it.
    package func measure<Result, Failure>(
        windows: Int, for call: Call, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result { try measure(windows: windows, arrivals: [call.arrival], body) }

    /// Counts the scores of a response.
    /// - Parameters:
    ///   - errors: the finite errors of the windows.
    ///   - scoring: turns them into scores, with the threshold of the request if it names one.
    ///   - drift: of the windows; nil if they are too few to tell.
    package func count(_ errors: [Float], by scoring: Scoring, _ drift: Drift?) {
        var anomalies = 0
        for error in errors {
            let score = scoring.score(error)
            if score > 1 { anomalies += 1 }
            scores.observe(ratio: score)
        }
        if anomalies > 0 { self.anomalies.add(UInt64(anomalies), ordering: .relaxed) }
        if let drift { driftBits.store(drift.share.bitPattern, ordering: .relaxed) }
    }
}
