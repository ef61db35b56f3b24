import Detection
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension Scoring {
    /// The default scoring of a version.
    /// - Throws: 409 for a version without a threshold.
    package init(_ entry: ModelRegistry.Entry) throws(Problem) {
        guard let scoring = entry.trained.description.scoring else { throw .noThreshold(entry.name) }
        self = scoring
    }
}

extension FieldReader {
    /// Reads the scoring of a request: `threshold`, `quantile` or `sigmas`, `combine`, `smoothing`, `events`.
    /// - Throws: 409 if neither the version nor the request has a threshold.
    mutating func scoring(for entry: ModelRegistry.Entry) throws(Problem) -> Scoring {
        let model = entry.trained.description
        let rule = try read { (body) throws(JSONError) in try body.thresholdRule() }
        let scoring =
            rule == nil
            ? model.scoring
            : Scoring(
                model.threshold, calibration: model.errors, rows: model.rowErrors, rule: rule,
                timesteps: model.inputShape.timesteps)
        guard var scoring else { throw .noThreshold(entry.name) }
        (scoring.rowRule, scoring.eventRule) = try read { [scoring] (body) throws(JSONError) in
            (try body.rowRule(default: scoring), try body.eventRule(default: scoring.eventRule))
        }
        return scoring
    }

    /// Reads `combine` and `smoothing`.
    private mutating func rowRule(default scoring: Scoring) throws(JSONError) -> RowRule {
        let combination: RowCombination = try choice("combine", default: scoring.rowRule.combination)
        let smoothing = try int("smoothing", in: 1...Int(Int32.max))
        guard combination == .newest else {
            return RowRule(combination, smoothing: smoothing ?? scoring.wholeRule.smoothing)
        }
        guard smoothing ?? 1 == 1 else {
            throw error(
                "smoothing", "looks ahead, but combine: newest does not; send combine: mean or median with it"
            )
        }
        return .causal
    }

    private mutating func eventRule(default standard: EventRule) throws(JSONError) -> EventRule {
        var rule = standard
        guard var events = try object("events") else { return rule }
        rule.start = Float(try events.double("start", in: 0...1e30, default: Double(rule.start)))
        rule.end = Float(try events.double("end", in: 0...1e30, default: Double(min(rule.end, rule.start))))
        rule.minimumLength = try events.int(
            "minimum_length", in: 1...Int(Int32.max), default: rule.minimumLength)
        rule.mergeGap = try events.int("merge_gap", in: 0...Int(Int32.max), default: rule.mergeGap)
        guard rule.end <= rule.start else {
            throw events.error(
                "end", "is \(rule.end); it must not be above \"start\", \(rule.start)")
        }
        try events.rejectUnknown()
        return rule
    }
}

extension JSONWriter {
    /// `"drift":{"windows":500,"share":0.12,"expected":0.1,"is_drift":false}`, or null.
    mutating func drift(_ drift: Drift?) {
        name("drift")
        guard let drift else { return null() }
        object { json in
            json.member("windows", drift.windows)
            json.member("share", drift.share)
            json.member("expected", Drift.expectedShare)
            json.member("is_drift", drift.isDrift)
        }
    }
}
