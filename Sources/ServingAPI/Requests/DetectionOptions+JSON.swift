import Detection
import JSON
import ModelFiles
import Training

extension FieldReader {
    /// Reads `threshold`, `quantile` or `sigmas`; nil if none is present.
    /// - Throws: an error if several are present.
    mutating func thresholdRule() throws(JSONError) -> Threshold.Rule? {
        let value = try float("threshold", in: 0...Double(Float.greatestFiniteMagnitude), exclusive: true)
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

    /// Reads `error_kind`, `calibration_split` and the rule of the threshold.
    mutating func detectionOptions() throws(JSONError) -> DetectionOptions {
        var options = DetectionOptions()
        options.errorKind = try choice("error_kind")
        options.calibrationSplit = try double("calibration_split", in: 0...0.9)
        options.rule = try thresholdRule() ?? .standard
        return options
    }
}
