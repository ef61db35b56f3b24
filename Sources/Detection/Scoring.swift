import TimeSeries

/// The rules that turn the errors of a model's windows into scores, events and warnings.
package struct Scoring: Sendable {
    /// The error of a window that has the score 1, above 0. That of a row in the mode `causal`, too.
    package let threshold: Float
    /// The error of a row in the mode `whole` that has the score 1, at least ``threshold``.
    private let wholeThreshold: Float
    /// The rule that computed the threshold; nil if it is unknown.
    package let rule: Threshold.Rule?
    /// The rule by which scores of windows become scores of rows.
    package var rowRule: RowRule
    /// The rule for rows of the mode `whole`, unless ``rowRule`` is another one of that mode.
    package let wholeRule: RowRule
    /// The rule that groups rows into events.
    package var eventRule: EventRule
    /// The errors that the threshold was computed from.
    private let calibration: ErrorDistribution?
    /// How rare errors of windows are; nil for a model without calibration errors.
    package let windowSeverity: Severity?
    /// How rare errors of rows are in the mode `whole`, with ``wholeRule``.
    private let wholeSeverity: Severity?
    /// Reasons to doubt the threshold.
    package let thresholdWarnings: [Warning]

    /// Creates a scoring with a model's threshold, or with another rule. Rows and events have the defaults:
    /// rows the mode `whole` if the model knows the errors of calibration rows in it, and `causal` otherwise;
    /// events with at most T rows between them are merged, since each window is as long.
    ///
    /// The threshold of the mode `whole` is the larger of two: what the rule computes from the errors of
    /// rows, and the threshold of windows. Smoothed errors vary less than the errors of windows, but rows
    /// that are so far apart that they tell something new are few, so that their own quantile is often too
    /// low.
    /// - Parameters:
    ///   - model: the model's threshold.
    ///   - calibration: the errors of the model's calibration windows.
    ///   - rows: the errors of the calibration rows; nil for a model without them.
    ///   - rule: replaces the model's threshold; nil to keep it.
    ///   - timesteps: T of the model's windows, for the text of warnings.
    /// - Returns: nil if the model has no threshold and the rule cannot compute one.
    package init?(
        _ model: Threshold?, calibration: ErrorDistribution?, rows: RowErrors? = nil,
        rule: Threshold.Rule? = nil, timesteps: Int? = nil
    ) {
        let value =
            if let rule {
                rule.fixedValue ?? calibration.map { rule.threshold(of: $0) }
            } else {
                model?.value
            }
        guard let value else { return nil }
        // An error of 0 has the score 0, whatever the threshold.
        threshold = max(value, .leastNormalMagnitude)
        self.rule = rule ?? model?.rule
        let ofRows = self.rule.flatMap { rule in rows.map { rule.threshold(of: $0.errors) } }
        wholeThreshold = max(threshold, ofRows ?? 0)
        wholeRule = rows?.rule ?? RowRule(.mean)
        rowRule = rows?.rule ?? .causal
        eventRule = EventRule(mergeGap: timesteps ?? 0)
        self.calibration = calibration
        thresholdWarnings = Threshold.warnings(
            of: self.rule, source: model?.source, errors: calibration, timesteps: timesteps)
        guard let calibration else {
            (windowSeverity, wholeSeverity) = (nil, nil)
            return
        }
        // Smoothed errors depend on one another over as many more rows.
        let windows = calibration.calibration.independent ?? calibration.count / max(timesteps ?? 1, 1)
        windowSeverity = Severity(calibration, windows: windows, independent: Double(windows))
        wholeSeverity = rows.map { rows in
            let span = (timesteps ?? 1) + rows.smoothing
            return Severity(
                rows.errors, windows: windows, independent: Double(rows.errors.count) / Double(span))
        }
    }

    /// Returns an error divided by the threshold, limited to finite values because the threshold can be close
    /// to 0.
    package func score(_ error: Float) -> Float { min(error / threshold, .greatestFiniteMagnitude) }

    /// The error of a row that has the score 1.
    package var rowThreshold: Float { rowRule.mode == .causal ? threshold : wholeThreshold }

    /// The same scoring of windows, with rows of a mode.
    package func scoring(rowsIn mode: RowMode) -> Scoring {
        guard mode != rowRule.mode else { return self }
        var other = self
        other.rowRule = mode == .causal ? .causal : wholeRule
        return other
    }

    /// Returns a score for each row of the series, `[rows]`; NaN for rows without a score.
    /// - Parameter errors: `[N]`, one for each window.
    package func rowScores<Value>(_ errors: [Float], _ windows: Windows<Value>) -> [Float] {
        let scores = rowRule.rowScores(of: errors.map(score), windows: windows)
        guard rowThreshold != threshold else { return scores }
        let share = Double(threshold) / Double(rowThreshold)
        return scores.map { Float(Double($0) * share) }
    }

    /// Returns the events in the scores of rows `[rows]`. No event spans two recordings.
    package func events<Value>(in rows: [Float], _ windows: Windows<Value>) -> [Event] {
        eventRule.events(in: rows, recordings: windows.recordings)
    }

    /// How rare errors of rows are.
    ///
    /// nil for a model without calibration errors, and for a rule of the mode `whole` other than
    /// ``wholeRule``.
    package var rowSeverity: Severity? {
        guard rowRule.mode == .whole else { return windowSeverity }
        return rowRule == wholeRule ? wholeSeverity : nil
    }

    /// Returns the error of a row from its score.
    package func rowError(_ score: Float) -> Float { Float(Double(score) * Double(rowThreshold)) }

    /// Compares the errors of windows with the calibration errors; nil if there are too few.
    package func drift(of errors: [Float]) -> Drift? {
        calibration.flatMap { Drift(of: errors, comparedWith: $0) }
    }

    /// Returns reasons to doubt the scores.
    package func warnings(_ drift: Drift?) -> [Warning] {
        thresholdWarnings + [drift?.warning].compactMap { $0 }
    }
}

extension Drift {
    /// The warning about a drift; nil if there is none.
    fileprivate var warning: Warning? {
        guard isDrift else { return nil }
        return Warning(
            .drift, .warning,
            "\(Int((share * 100).rounded())) % of the \(windows) windows exceed a level that 10 % of the "
                + "calibration windows exceeded: either most of them are anomalous, or the process has "
                + "drifted. Retrain on recent data.")
    }
}
