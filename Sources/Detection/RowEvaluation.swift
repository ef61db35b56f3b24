import NeuralNetwork
import TimeSeries

/// The evaluation of a model and its baselines against the labels of the rows that have a score.
package struct RowEvaluation: Sendable {
    /// The evaluation of one detector.
    package struct DetectorResult: Sendable {
        /// The error that has the score 1.
        package let threshold: Float
        /// The metrics of rows.
        package let evaluation: Evaluation
        /// The counts of events.
        package let events: EventMatch
        /// The area under the ROC curve by blocks of rows.
        package let blockedAUC: BlockedAUC

        /// A result from its parts.
        package init(threshold: Float, evaluation: Evaluation, events: EventMatch, blockedAUC: BlockedAUC) {
            self.threshold = threshold
            self.evaluation = evaluation
            self.events = events
            self.blockedAUC = blockedAUC
        }

        /// The threshold that flags the rows of the best F1; nil if there is none.
        package var bestThreshold: Float? {
            evaluation.bestF1Limit.flatMap { limit in
                let error = Float.limiting(limit * Double(threshold))
                return error > 0 ? error : nil
            }
        }
    }

    /// The evaluation of the model in one mode.
    package struct ModeResult: Sendable {
        /// Whether scores of rows depend on later rows.
        package let mode: RowMode
        /// The number of rows that are evaluated.
        package let rows: Int
        /// The evaluation.
        package let result: DetectorResult
    }

    /// The model's baselines with the data that their evaluation needs.
    package struct BaselineInput {
        let baselines: Baselines
        let calibration: BaselineErrors
        let scaled: Windows<Float>

        /// - Parameters:
        ///   - calibration: the baselines' errors of the calibration windows.
        ///   - scaled: the windows that are evaluated, in scaled units.
        package init(_ baselines: Baselines, calibration: BaselineErrors, scaled: Windows<Float>) {
            self.baselines = baselines
            self.calibration = calibration
            self.scaled = scaled
        }
    }

    /// The model in the mode that was asked for.
    package let model: ModeResult
    /// The model in each mode.
    package let modes: [ModeResult]
    /// The baselines in the mode that was asked for; nil for a model without them.
    package let baselines: (zScore: DetectorResult, pca: DetectorResult)?
    /// Whether the windows resemble the calibration windows.
    package let drift: Drift?

    /// Compares scores of rows with labels.
    /// - Parameters:
    ///   - scoring: the model's scoring.
    ///   - windows: the windows that were scored.
    ///   - errors: `[N]`, the model's errors of the windows, all finite.
    ///   - labels: for each row of the series, whether it is an anomaly. Rows beyond the labels are left out.
    ///   - input: the model's baselines; nil for a model without them.
    package init<Value>(
        _ scoring: Scoring, _ windows: Windows<Value>, errors: [Float], labels: [Bool],
        baselines input: BaselineInput?
    ) {
        drift = scoring.drift(of: errors)

        func evaluate(
            _ all: [Float], _ threshold: Float, _ rule: RowRule
        ) -> (rows: Int, result: DetectorResult) {
            // Windows decide which rows have a score, so every detector is evaluated on the same rows.
            let scored = all.indices.prefix(labels.count).filter { !all[$0].isNaN }
            var rows = [Float](repeating: .nan, count: labels.count)
            for row in scored { rows[row] = all[row] }
            let anomalies = rows.indices.map { labels[$0] && !rows[$0].isNaN }
            let (scores, flags) = (scored.map { all[$0] }, scored.map { labels[$0] })
            let blocks = RowBlocks(flags, reach: rule.reach(timesteps: windows.timesteps))
            let result = DetectorResult(
                threshold: threshold, evaluation: Evaluation(scores: scores, labels: flags),
                events: EventMatch(found: scoring.events(in: rows, windows), labels: anomalies),
                blockedAUC: BlockedAUC(scores: scores, labels: flags, blocks: blocks))
            return (scored.count, result)
        }
        let modes = RowMode.allCases.map { mode in
            let scoring = scoring.scoring(rowsIn: mode)
            let (rows, result) = evaluate(
                scoring.rowScores(errors, windows), scoring.rowThreshold, scoring.rowRule)
            return ModeResult(mode: mode, rows: rows, result: result)
        }
        self.modes = modes
        model = modes.first { $0.mode == scoring.rowRule.mode } ?? modes[0]

        guard let input else {
            baselines = nil
            return
        }
        // A fixed threshold is in units of the model's errors, so baselines use the default rule instead.
        let rule = scoring.rule?.learning ?? .standard
        func evaluate(_ errors: [Float], _ calibration: ErrorDistribution) -> DetectorResult {
            let threshold = max(rule.threshold(of: calibration), .leastNormalMagnitude)
            let scores = errors.map { min($0 / threshold, .greatestFiniteMagnitude) }
            let rows = scoring.rowRule.rowScores(of: scores, windows: windows)
            return evaluate(rows, threshold, scoring.rowRule).result
        }
        baselines = (
            evaluate(input.baselines.zScoreErrors(of: input.scaled), input.calibration.zScore),
            evaluate(input.baselines.pcaErrors(of: input.scaled), input.calibration.pca)
        )
    }
}

extension RowEvaluation {
    /// Which of the model and its baselines is best.
    /// - Parameter own: the baseline that the model is, which is not compared with itself; nil for others.
    package func verdict(of own: Baseline?) -> Verdict {
        var detectors = [Verdict.Labelled(.model, [model.result])]
        if let baselines {
            if own != .pca { detectors.append(Verdict.Labelled(.pca, [baselines.pca])) }
            if own != .zscore { detectors.append(Verdict.Labelled(.zScore, [baselines.zScore])) }
        }
        return Verdict(detectors)
    }
}

extension RowRule {
    /// The distance in rows from which on scores share no row of data.
    fileprivate func reach(timesteps: Int) -> Int {
        switch mode {
        case .causal: timesteps
        case .whole: 2 * timesteps - 1 + 2 * (smoothing / 2)
        }
    }
}
