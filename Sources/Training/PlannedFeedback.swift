import Detection
import ModelFiles
import ModelStore
import TimeSeries

/// Rows that were marked as normal or as anomalous, from which the threshold of a version is learned again.
/// Network, scaling and error measure stay.
///
/// The windows whose newest row was marked as normal join the calibration, because such windows raise the
/// alarms of /score at that row; those with an anomalous row do not. The errors of windows with an anomalous
/// row leave the calibration, if they are in it.
public struct PlannedFeedback: Sendable {
    /// The version that the feedback is about.
    private let base: ModelRegistry.Entry
    /// In the data's units.
    private let windows: Windows<Double>
    /// For each row of the windows' series, whether it was marked.
    private let normal, anomalous: [Bool]
    private let rule: Threshold.Rule

    /// A feedback.
    /// - Parameters:
    ///   - base: the version.
    ///   - windows: `[N][T][F]`, of the version's shape.
    ///   - normal: one for each row of the series.
    ///   - anomalous: one for each row of the series.
    ///   - rule: nil for that of the version; that of a new training if the version has a fixed threshold.
    public init(
        on base: ModelRegistry.Entry, _ windows: Windows<Double>, normal: [Bool], anomalous: [Bool],
        rule: Threshold.Rule?
    ) {
        self.base = base
        self.windows = windows
        self.normal = normal
        self.anomalous = anomalous
        let own = base.trained.description.threshold?.rule.flatMap { $0.fixedValue == nil ? $0 : nil }
        self.rule = rule ?? own ?? .standard
    }

    /// Learns the threshold.
    /// - Returns: nil for a version without calibration errors, and if the feedback leaves none.
    public func run() -> TrainedModel? {
        let trained = base.trained
        let description = trained.description
        guard let known = description.errors else { return nil }
        let marked = MarkedWindows(windows, normal: normal, anomalous: anomalous)
        let all = trained.errors(of: windows).windows
        // The data of the training: its last windows calibrated.
        let areTraining =
            !marked.anomalous.isEmpty && description.feedback == nil
            && description.threshold?.source == .calibration
            && description.origin.data == DataFingerprint(of: windows)
        let first = areTraining ? max(0, all.count - known.count) : 0
        let leaving = marked.anomalous.filter { $0 >= first }
        func revision(_ errors: [Float]) -> ErrorRevision {
            ErrorRevision(
                joining: marked.normal.map { errors[$0] }, leaving: leaving.map { errors[$0] },
                calibrated: areTraining ? errors[first...].sorted() : nil)
        }
        guard let (errors, left) = known.revised(by: revision(all)) else { return nil }
        let rows = description.rowErrors.flatMap { rows in
            rows.revised(
                by: marked.rows(of: all, rows.rule, calibratedFrom: areTraining ? first : nil))
        }
        let scaled = trained.scale(windows)
        let baselines = description.baselineErrors.flatMap { known in
            trained.detector.baselines.flatMap { baselines in
                known.revised(
                    zScore: revision(baselines.zScoreErrors(of: scaled)),
                    pca: revision(baselines.pcaErrors(of: scaled)))
            }
        }
        let threshold = Threshold(
            value: rule.threshold(of: errors),
            source: rule.fixedValue == nil ? description.threshold?.source ?? .calibration : nil, rule: rule)
        guard threshold.value.isFinite else { return nil }
        let feedback = Feedback(
            base: base.version, normalWindows: marked.normal.count, anomalousWindows: marked.anomalous.count,
            removedWindows: left, at: Software.now,
            warnings: [missed(threshold, errors, rows, all)].compactMap(\.self))
        return TrainedModel(
            description: description.revised(threshold, errors, rows, baselines, because: feedback),
            model: trained.model, detector: trained.detector)
    }

    /// The warning that anomalous rows are not flagged, as /score would by default; nil if each stretch has a
    /// row that is.
    private func missed(
        _ threshold: Threshold, _ errors: ErrorDistribution, _ rows: RowErrors?, _ all: [Float]
    ) -> Warning? {
        let scoring = Scoring(threshold, calibration: errors, rows: rows, timesteps: windows.timesteps)
        let scores = scoring?.rowScores(all, windows) ?? []
        let stretches = anomalous.indices.ranges(where: { anomalous[$0] })
        let peaks = stretches.map { rows in rows.map { scores[$0] }.filter { !$0.isNaN }.max() ?? 0 }
        let missed = zip(stretches, peaks).filter { $0.1 <= 1 }
        guard let highest = missed.map(\.1).max() else { return nil }
        return Warning(
            .missedAnomalies, .warning,
            "\(missed.count) of the \(stretches.count) stretches that were marked as anomalous are not "
                + "flagged: their highest score is \(Double(highest).inThreeDigits). A lower quantile makes "
                + "the threshold lower, and false alarms more frequent; another network, error_kind or "
                + "timesteps may separate them better.",
            rows: missed.map { Range($0.0) })
    }
}

/// The windows that marked rows belong to.
private struct MarkedWindows {
    private let windows: Windows<Double>
    private let normalRows, anomalousRows: [Bool]
    /// The windows whose newest row is normal, without those that have an anomalous row.
    let normal: [Int]
    /// The windows that have an anomalous row.
    let anomalous: [Int]

    init(_ windows: Windows<Double>, normal: [Bool], anomalous: [Bool]) {
        self.windows = windows
        (normalRows, anomalousRows) = (normal, anomalous)
        let clean = Set(windows.excluding(rows: anomalous).starts)
        let (starts, last) = (windows.starts, windows.timesteps - 1)
        self.normal = starts.indices.filter { clean.contains(starts[$0]) && normal[starts[$0] + last] }
        self.anomalous = starts.indices.filter { !clean.contains(starts[$0]) }
    }

    /// The errors of rows, in the mode `whole`. Those of normal rows join, computed without the windows that
    /// have an anomalous row; those that such a window has a part in leave.
    /// - Parameters:
    ///   - errors: one for each window.
    ///   - rule: the rule of the mode.
    ///   - first: the first window that calibrated, if it is known.
    func rows(of errors: [Float], _ rule: RowRule, calibratedFrom first: Int?) -> ErrorRevision {
        let without = windows.excluding(rows: anomalousRows)
        let clean = Set(without.starts)
        let kept = zip(windows.starts, errors).filter { clean.contains($0.0) }.map(\.1)
        let joining = rule.rowScores(of: kept, windows: without)
        let (begin, end) = (first ?? 0, windows.count)
        let all = rule.rowScores(of: Array(errors[begin..<end]), windows: windows[begin..<end])
        let reach = windows.timesteps - 1 + rule.smoothing / 2
        var leaves = [Bool](repeating: false, count: all.count)
        for stretch in anomalousRows.indices.ranges(where: { anomalousRows[$0] }) {
            for recording in windows.recordings where recording.overlaps(Range(stretch)) {
                let rows = (stretch.lowerBound - reach)..<(stretch.upperBound + 1 + reach)
                for row in rows.clamped(to: recording) { leaves[row] = true }
            }
        }
        func marked(_ errors: [Float], _ isMarked: [Bool]) -> [Float] {
            errors.indices.filter { isMarked[$0] && !errors[$0].isNaN }.map { errors[$0] }
        }
        return ErrorRevision(
            joining: marked(joining, normalRows), leaving: marked(all, leaves),
            calibrated: first.map { _ in all.filter { !$0.isNaN }.sorted() })
    }
}

extension Range<Int> {
    /// Returns the ranges of consecutive integers for which `isIn` is true, in order.
    fileprivate func ranges(where isIn: (Int) -> Bool) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for index in self where isIn(index) {
            if let last = ranges.last, last.upperBound == index - 1 {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges
    }
}
