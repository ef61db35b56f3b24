import Detection
import Inspection
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// Rows that were marked as normal or as anomalous, from which the threshold of a version is learned again.
/// Network, scaling and error measure stay.
///
/// The windows whose newest row was marked as normal join the calibration, because such windows raise the
/// alarms of /score at that row; those with an anomalous row do not. The errors of windows with an anomalous
/// row leave the calibration, if they are in it.
public struct PlannedFeedback: PlannedWork {
    /// Runs a computation for a number of windows, and measures it.
    public typealias Meter = @Sendable (_ windows: Int, _ body: () -> [Float]) -> [Float]

    /// The version that the feedback is about.
    public let base: ModelRegistry.Entry
    /// The windows of the data, `[N][T][F]` in the data's units.
    public let windows: Windows<Double>
    /// For each row of the windows' series, whether it was marked.
    private let normal, anomalous: [Bool]
    /// How errors become a threshold.
    public let rule: Threshold.Rule
    /// Whether warnings of level `error` make the feedback fail.
    public var isStrict = false
    /// The rows of the request that the rows of the windows come from, for warnings.
    public var origins = RowOrigins.same
    /// Measures the computations by the network.
    public var meter: Meter = { $1() }
    /// What the data are, for the response.
    public var inspection: Inspection?
    /// The fingerprint of the request.
    public var request: String?

    /// A feedback.
    /// - Parameters:
    ///   - base: a version with calibration errors.
    ///   - windows: of the shape of the version's.
    ///   - normal: one for each row of the series; nil for none.
    ///   - anomalous: one for each row of the series; nil for none.
    ///   - rule: nil for that of the version; that of a new training if the version has a fixed threshold.
    public init(
        on base: ModelRegistry.Entry, _ windows: Windows<Double>, normal: [Bool]?, anomalous: [Bool]?,
        rule: Threshold.Rule?
    ) {
        let none = [Bool](repeating: false, count: windows.series.rows)
        self.base = base
        self.windows = windows
        self.normal = normal ?? none
        self.anomalous = anomalous ?? none
        self.rule = rule ?? base.trained.description.threshold?.learningRule ?? .standard
    }

    /// A feedback.
    public var kind: TrainingJob.Kind { .feedback }
    /// None.
    public var epochs: Int { 0 }

    /// Learns the threshold.
    /// - Throws: ``TrainingFailure``: `emptyCalibration` if the feedback leaves no errors to learn from,
    ///   `tooManyJoined` if it and those before it add too many, `refused` for a strict feedback.
    public func run(
        onEpoch: (EpochReport) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(TrainingFailure) -> TrainedModel {
        let trained = base.trained
        let description = trained.description
        let scaled = trained.scale(windows)
        let all = try errors(of: scaled, isCancelled)
        let baselines = trained.detector.baselines
        let zScores = baselines?.zScoreErrors(of: scaled) ?? []
        let calibrated = CalibratedWindows(of: description, among: windows, zScores: zScores)
        let smoothing = description.rowErrors?.smoothing ?? 1
        let marked = MarkedWindows(
            windows, normal: normal, anomalous: anomalous, after: description.feedback?.joined ?? .init(),
            reach: windows.timesteps - 1 + smoothing / 2)
        guard max(marked.normal.count, marked.joined.digests.count) <= JoinedWindows.maxCount else {
            throw .tooManyJoined
        }

        let revised = description.errors?.revised(by: marked.revision(of: all, calibrated))
        guard let (errors, left) = revised else { throw .emptyCalibration }
        var rows = description.rowErrors
        if let known = rows {
            rows = known.revised(by: marked.revision(ofRows: all, known.rule, calibrated))
            if rows == nil { throw .emptyCalibration }
        }
        var baselineErrors: BaselineErrors?
        if let known = description.baselineErrors, let baselines {
            baselineErrors = known.revised(
                zScore: marked.revision(of: zScores, calibrated),
                pca: marked.revision(of: baselines.pcaErrors(of: scaled), calibrated))
            if baselineErrors == nil { throw .emptyCalibration }
        }
        guard !isCancelled() else { throw .training(.cancelled) }
        let threshold = Threshold(
            value: rule.threshold(of: errors), source: description.threshold?.source ?? .calibration,
            rule: rule)
        guard threshold.value.isFinite else { throw .errors }
        let scoring = Scoring(threshold, calibration: errors, rows: rows, timesteps: windows.timesteps)
        let feedback = Feedback(
            base: base.version, normalWindows: marked.normal.count, knownWindows: marked.known,
            anomalousWindows: marked.anomalous.count, removedWindows: left, joined: marked.joined,
            at: Software.now,
            warnings: [
                withoutEffect(marked, left: left),
                missed(scoring?.rowScores(all, windows) ?? [], left: left),
            ].compactMap(\.self))
        let new = description.revised(
            threshold, errors, rows, baselineErrors, because: feedback, request: request)
        if isStrict { try new.requireNoErrors() }
        return TrainedModel(description: new, model: trained.model, detector: trained.detector)
    }

    /// The number of windows that are computed before it is asked whether the feedback was cancelled.
    private static let windowsAtOnce = 4096

    private func errors(
        of scaled: Windows<Float>, _ isCancelled: () -> Bool
    ) throws(TrainingFailure) -> [Float] {
        var errors: [Float] = []
        errors.reserveCapacity(scaled.count)
        for start in stride(from: 0, to: scaled.count, by: Self.windowsAtOnce) {
            guard !isCancelled() else { throw .training(.cancelled) }
            let part = scaled[start..<min(start + Self.windowsAtOnce, scaled.count)]
            errors += meter(part.count) {
                base.trained.detector.measure.errors(of: part, by: base.trained.model).windows
            }
        }
        return errors
    }

    /// The warning that the calibration is what it was; nil if errors have joined or left it.
    private func withoutEffect(_ marked: MarkedWindows, left: Int) -> Warning? {
        guard marked.normal.isEmpty, left == 0 else { return nil }
        var reasons: [String] = []
        if marked.known > 0 {
            reasons.append("an earlier feedback has added all \(marked.known) normal windows")
        } else if normal.contains(true) {
            reasons.append("no window without an anomalous row ends at a normal row")
        }
        if !marked.anomalous.isEmpty {
            reasons.append("none of the windows with an anomalous row is known to have calibrated")
        }
        return Warning(
            .feedbackWithoutEffect, .warning,
            "No error has joined or left the calibration: "
                + (reasons.isEmpty
                    ? "no window has a row that was marked" : reasons.joined(separator: ", and "))
                + ".")
    }

    /// The warning that anomalous rows are not flagged, as /score would by default; nil if each stretch has a
    /// row that is.
    /// - Parameters:
    ///   - scores: one for each row.
    ///   - left: the number of errors that have left the calibration.
    private func missed(_ scores: [Float], left: Int) -> Warning? {
        let stretches = RowBlocks.events(in: anomalous)
        let peaks = stretches.map { rows in scores[rows].filter { !$0.isNaN }.max() ?? 0 }
        let missed = zip(stretches, peaks).filter { $0.1 <= 1 }
        guard let highest = missed.map(\.1).max() else { return nil }
        return origins.locating(
            Warning(
                .missedAnomalies, .warning,
                "\(missed.count) of the \(stretches.count) stretches that were marked as anomalous are not "
                    + "flagged: their highest score is \(Double(highest).inThreeDigits). "
                    + (left == 0
                        ? "None of their windows is known to have calibrated, so that no error has left the "
                            + "calibration. " : "")
                    + "A lower quantile makes the threshold lower, and false alarms more frequent; another "
                    + "network, error_kind or timesteps may separate them better.",
                rows: missed.map(\.0)))
    }
}
