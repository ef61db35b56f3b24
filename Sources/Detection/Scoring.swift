import TimeSeries

/// How the errors of one model's windows become scores, events and warnings.
package struct Scoring: Sendable {
    /// The error that has the score 1, above 0.
    package let threshold: Float
    /// How the threshold was found; nil if that is unknown.
    package let rule: Threshold.Rule?
    /// How the scores of windows become scores of rows.
    package let combination: RowCombination
    /// How the scores of rows become events.
    package let eventRule: EventRule
    /// The errors that the threshold was learned from, and which windows they belong to.
    private let calibration: ErrorDistribution?
    private let source: Threshold.Source?

    /// The scoring that a model has been given, or the one that a caller asks for.
    /// - Parameters:
    ///   - model: the model's threshold.
    ///   - calibration: the errors of the model's calibration windows.
    ///   - rule: replaces the model's threshold.
    /// - Returns: nil if the model has no threshold and the rule gives none.
    package init?(
        _ model: Threshold?, calibration: ErrorDistribution?, rule: Threshold.Rule? = nil,
        combination: RowCombination = .newest, eventRule: EventRule = EventRule()
    ) {
        let value =
            if let rule {
                rule.given ?? calibration.map { rule.threshold(of: $0) }
            } else {
                model?.value
            }
        guard let value else { return nil }
        // An error of 0 has the score 0, whatever the threshold.
        threshold = max(value, .leastNormalMagnitude)
        self.rule = rule ?? model?.rule
        self.combination = combination
        self.eventRule = eventRule
        self.calibration = calibration
        source = model?.source
    }

    /// An error divided by the threshold. Finite, because the threshold may be close to 0.
    package func score(_ error: Float) -> Float { min(error / threshold, .greatestFiniteMagnitude) }

    /// A score for each row of the series that the windows were cut from; NaN for rows without one.
    /// - Parameter errors: `[N]`, one for each window.
    package func rowScores(_ errors: [Float], _ windows: Windows) -> [Float] {
        combination.rowScores(of: errors.map(score), windows: windows)
    }

    /// The events in scores of rows; no event spans two recordings.
    package func events(in rows: [Float], _ windows: Windows) -> [Event] {
        eventRule.events(in: rows, recordings: windows.recordings)
    }

    /// Whether the windows resemble the calibration windows; nil if there are too few to say.
    package func drift(of errors: [Float]) -> Drift? {
        calibration.flatMap { Drift(of: errors, comparedWith: $0) }
    }

    /// Reasons to doubt the scores, one sentence or two each.
    package func warnings(_ drift: Drift?) -> [String] {
        Threshold.warnings(of: rule, source: source, calibration: calibration)
            + [drift?.warning].compactMap { $0 }
    }
}

extension Threshold {
    /// Reasons to doubt a threshold that was learned as a quantile.
    /// - Parameter calibration: the errors that it was learned from.
    package static func warnings(
        of rule: Rule?, source: Source?, calibration: ErrorDistribution?
    ) -> [String] {
        guard let calibration, let rule, case .quantile(let q) = rule else { return [] }
        var warnings: [String] = []
        if source == .training {
            warnings.append(
                "The threshold was learned from the windows that the weights were fitted to, because no others were held "
                    + "back: expect more false alarms than the quantile promises. Train on more rows, or with a "
                    + "calibration_split.")
        }
        if !calibration.supports(q) {
            warnings.append(
                "\(calibration.count) calibration windows are too few for a quantile of \(q): the threshold is an "
                    + "estimate, at least their largest error. Train on more rows.")
        }
        return warnings
    }
}

extension Drift {
    /// The warning about a drift; nil if there is none.
    fileprivate var warning: String? {
        guard isDrift else { return nil }
        return
            "\(Int((share * 100).rounded())) % of the \(windows) windows exceed a level that 10 % of the calibration windows "
            + "exceeded: either most of them are anomalous, or the process has drifted. Retrain on recent data."
    }
}
