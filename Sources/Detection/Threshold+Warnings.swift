import TimeSeries

extension Threshold {
    /// Returns reasons to doubt a threshold that is a quantile: in which direction it is likely wrong, and
    /// what to do.
    /// - Parameters:
    ///   - rule: the rule that computed it.
    ///   - source: the windows that the calibration errors belong to.
    ///   - errors: what it was computed from.
    ///   - timesteps: T of the windows; nil if it is not known.
    package static func warnings(
        of rule: Rule?, source: Source?, errors: ErrorDistribution?, timesteps: Int? = nil
    ) -> [Warning] {
        guard let errors, let rule, case .quantile(let q) = rule else { return [] }
        return [
            source == .training ? fromTraining : nil, errors.fewWindows(for: q, timesteps: timesteps),
            errors.highThreshold(for: q),
        ].compactMap(\.self)
    }

    private static var fromTraining: Warning {
        Warning(
            .thresholdFromTraining, .warning,
            "The threshold was learned from the windows that the weights were fitted to, because no others "
                + "were held back: expect more false alarms than the quantile promises. Train on more rows, "
                + "or with a calibration_split.")
    }
}

extension ErrorDistribution {
    /// With fewer independent windows the threshold is more often too low than too high, with more it is the
    /// other way round: measured (docs/detection.md).
    private static let minIndependent = 5
    /// A threshold that is this multiple of the median error misses most anomalies: measured there too.
    private static let maxShareOfMedian: Float = 50

    /// The number of windows without common rows that tell as much as the calibration windows.
    private var worth: Int { calibration.independent ?? count }

    fileprivate func fewWindows(for q: Double, timesteps: Int?) -> Warning? {
        let needed = ErrorSample.count(supporting: q)
        guard Double(worth) < needed else { return nil }
        let windows =
            worth < count
            ? "The \(count) calibration windows overlap and tell as much as \(worth) separate ones"
            : count == 1 ? "There is 1 calibration window" : "There are \(count) calibration windows"
        let direction =
            worth < Self.minIndependent
            ? "rather too low: expect more false alarms than the quantile promises"
            : "rather too high: anomalies may be missed"
        return Warning(
            .fewCalibrationWindows, .warning,
            windows
                + (needed.isFinite
                    ? "; a quantile of \(q) needs \(Int(needed)). " : "; none are enough for 1. ")
                + "The threshold is an estimate, and \(direction). They support quantile "
                + "\(supportedQuantile), which makes one of \(worth + 1) normal windows a false alarm"
                + (timesteps.flatMap { moreRows(needed, $0) } ?? "") + ".")
    }

    /// The highest quantile that the calibration windows support, rounded down.
    private var supportedQuantile: Double {
        let digits = worth < 99 ? 100.0 : worth < 999 ? 1000 : 1e6
        return (Double(worth) / Double(worth + 1) * digits).rounded(.down) / digits
    }

    /// What the quantile that was asked for needs.
    private func moreRows(_ needed: Double, _ timesteps: Int) -> String? {
        let rows = needed * Double(timesteps)
        guard rows < 1e9 else { return nil }
        return
            "; otherwise calibrate with at least \(Int(rows)) rows of normal operation, which replace these "
            + "(in training, calibration_split is the share that calibrates)"
    }

    fileprivate func highThreshold(for q: Double) -> Warning? {
        let threshold = upperLimit(q)
        let usual = max(calibration.median, floor)
        guard calibration.independent != nil, worth >= Self.minIndependent,
            threshold > Self.maxShareOfMedian * usual
        else { return nil }
        let ratio = (Double(threshold) / Double(usual)).rounded()
        let times = ratio < 1e6 ? "\(Int(ratio))" : "more than a million"
        let start =
            "The threshold, \(Double(threshold).inThreeDigits), is \(times) times the median error of the "
        let reason: String
        if calibration.limit(q) < threshold {
            reason =
                "calibration windows: they hardly vary compared with the windows that the weights were "
                + "fitted to, which it was taken from. Anomalies may be missed while the data are like the "
                + "calibration windows. Let the last rows of the training data show all of normal operation."
        } else {
            reason =
                "calibration windows, because a few of them have far larger errors: smaller anomalies are "
                + "missed. If the rows of these windows are not normal, leave them out (exclude). "
                + "Otherwise use a lower quantile, such as 0.8, whose threshold is "
                + "\(Double(upperLimit(0.8)).inThreeDigits)."
        }
        return Warning(.highThreshold, .warning, start + reason)
    }
}
