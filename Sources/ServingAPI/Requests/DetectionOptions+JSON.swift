import Detection
import JSON
import ModelFiles
import Training

extension FieldReader {
    /// Reads `threshold`, `quantile` or `sigmas`; nil if none is present.
    /// - Parameter canBeFixed: whether `threshold` is one of the options.
    /// - Throws: an error if several are present.
    mutating func thresholdRule(canBeFixed: Bool = true) throws(JSONError) -> Threshold.Rule? {
        let value =
            canBeFixed
            ? try float("threshold", in: 0...Double(Float.greatestFiniteMagnitude), exclusive: true) : nil
        let quantile = try double("quantile", in: 0...1)
        let sigmas = try double("sigmas", in: 0...1e6)
        let rules: [(name: String, rule: Threshold.Rule)] = [
            value.map { ("threshold", .value($0)) }, quantile.map { ("quantile", .quantile($0)) },
            sigmas.map { ("sigmas", .sigmas($0)) },
        ].compactMap { $0 }
        guard rules.count < 2 else {
            throw error(rules[1].name, "and \"\(rules[0].name)\" are both present; send one of them")
        }
        return rules.first?.rule
    }

    /// Reads the options of a calibration of a model: `error_kind` and the rule of the threshold, by default
    /// those that the model has; the rule is that of a training for a model with a fixed threshold.
    mutating func detectionOptions(of model: ModelDescription) throws(JSONError) -> DetectionOptions {
        var options = DetectionOptions()
        // A model from elsewhere has no errors. The default is then that of a training.
        let kind = model.errors == nil && model.errorKind == .mse ? nil : model.errorKind
        options.errorKind = try choice("error_kind") ?? kind
        options.rule = try thresholdRule() ?? model.threshold?.learningRule ?? .standard
        return options
    }

    /// Refuses an error kind for more features than it supports.
    func check(_ kind: ErrorKind?, features: Int) throws(JSONError) {
        guard let kind, let maximum = kind.maxFeatures, features > maximum else { return }
        throw error(
            "error_kind",
            "is \(kind.rawValue), which supports a maximum of \(maximum) features; the data have \(features)")
    }

    /// Reads `error_kind`, `calibration_split` and the rule of the threshold.
    mutating func detectionOptions() throws(JSONError) -> DetectionOptions {
        var options = DetectionOptions()
        options.errorKind = try choice("error_kind")
        options.calibrationSplit = try double("calibration_split", in: 0...0.9)
        options.rule = try thresholdRule() ?? .standard
        return options
    }
}
