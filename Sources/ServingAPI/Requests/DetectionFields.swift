import Detection
import JSON
import ModelFiles
import Training

extension FieldReader {
    /// `threshold`, `quantile` or `sigmas`; nil without any of them.
    mutating func thresholdRule() throws(JSONError) -> Threshold.Rule? {
        let value = try double("threshold", in: 0...Double(Float.greatestFiniteMagnitude), exclusive: true)
        let quantile = try double("quantile", in: 0...1)
        let sigmas = try double("sigmas", in: 0...1e6)
        let rules: [(name: String, rule: Threshold.Rule)] = [
            value.map { ("threshold", .value(Float($0))) }, quantile.map { ("quantile", .quantile($0)) },
            sigmas.map { ("sigmas", .sigmas($0)) },
        ].compactMap { $0 }
        guard rules.count < 2 else {
            throw error(rules[1].name, "and \"\(rules[0].name)\" are both there; send one of them")
        }
        return rules.first?.rule
    }

    /// How to tell anomalies by a model's reconstructions.
    mutating func detectionOptions() throws(JSONError) -> DetectionOptions {
        var options = DetectionOptions()
        options.errorKind = try choice("error_kind")
        options.calibrationSplit = try double("calibration_split", in: 0...0.9)
        options.rule = try thresholdRule() ?? .standard
        return options
    }
}

extension ModelDescription {
    /// What whoever relies on a threshold should know.
    func warnings(of rule: Threshold.Rule?) -> [String] {
        guard let errors, let rule, case .quantile(let q) = rule else { return [] }
        var warnings: [String] = []
        if threshold?.source == .training {
            warnings.append(
                "The threshold was learned from the windows that the weights were fitted to, for want of others: expect more "
                    + "false alarms than were asked for. Train on more rows, or with a calibration_split.")
        }
        if !errors.supports(q) {
            warnings.append(
                "\(errors.count) windows are too few to promise a quantile of \(q): the threshold is a guess, their largest "
                    + "error at least. Train on more rows.")
        }
        return warnings
    }
}

extension Drift {
    /// What whoever relies on a threshold should know; nil if there is nothing.
    var warning: String? {
        guard isDrift else { return nil }
        return
            "\(Int((share * 100).rounded())) % of the \(windows) windows have an error that one in ten has of those that the "
            + "threshold was learned from: either they are anomalies for the most part, or the process has moved away from what "
            + "it was like then, and more false alarms than were asked for are to be expected. Train on newer rows."
    }
}
