import TimeSeries

/// The rules that turn the errors of a model's windows into scores, events and warnings.
package struct Scoring: Sendable {
    /// The error that has the score 1, above 0.
    package let threshold: Float
    /// The rule that computed the threshold; nil if it is unknown.
    package let rule: Threshold.Rule?
    /// The combination of the scores of windows into scores of rows.
    package var combination: RowCombination
    /// The rule that groups rows into events.
    package var eventRule: EventRule
    /// The errors that the threshold was computed from, the windows that they belong to, and T of these.
    private let calibration: ErrorDistribution?
    private let source: Threshold.Source?
    private let timesteps: Int?

    /// Creates a scoring with a model's threshold, or with another rule. Rows and events have the defaults.
    /// - Parameters:
    ///   - model: the model's threshold.
    ///   - calibration: the errors of the model's calibration windows.
    ///   - rule: replaces the model's threshold; nil to keep it.
    ///   - timesteps: T of the model's windows, for the text of warnings.
    /// - Returns: nil if the model has no threshold and the rule cannot compute one.
    package init?(
        _ model: Threshold?, calibration: ErrorDistribution?, rule: Threshold.Rule? = nil,
        timesteps: Int? = nil
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
        combination = .newest
        eventRule = EventRule()
        self.calibration = calibration
        source = model?.source
        self.timesteps = timesteps
    }

    /// Returns an error divided by the threshold, limited to finite values because the threshold can be close
    /// to 0.
    package func score(_ error: Float) -> Float { min(error / threshold, .greatestFiniteMagnitude) }

    /// Returns a score for each row of the series, `[rows]`; NaN for rows without a score.
    /// - Parameter errors: `[N]`, one for each window.
    package func rowScores<Value>(_ errors: [Float], _ windows: Windows<Value>) -> [Float] {
        combination.rowScores(of: errors.map(score), windows: windows)
    }

    /// Returns the events in the scores of rows `[rows]`. No event spans two recordings.
    package func events<Value>(in rows: [Float], _ windows: Windows<Value>) -> [Event] {
        eventRule.events(in: rows, recordings: windows.recordings)
    }

    /// Compares the errors of windows with the calibration errors; nil if there are too few.
    package func drift(of errors: [Float]) -> Drift? {
        calibration.flatMap { Drift(of: errors, comparedWith: $0) }
    }

    /// Returns reasons to doubt the scores.
    package func warnings(_ drift: Drift?) -> [Warning] {
        Threshold.warnings(of: rule, source: source, errors: calibration, timesteps: timesteps)
            + [drift?.warning].compactMap { $0 }
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
