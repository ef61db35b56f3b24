import Detection
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// How errors become scores: what POST /score and POST /evaluate have in common.
struct Scoring {
    let entry: ModelRegistry.Entry
    /// How the threshold was found; nil if that isn't known.
    let thresholdRule: Threshold.Rule?
    /// The error that has the score 1, of the model's kind.
    let threshold: Float
    let combination: RowCombination
    let rule: EventRule

    /// As a model does it by itself.
    init(_ entry: ModelRegistry.Entry) throws(Problem) {
        guard let threshold = entry.trained.description.threshold else { throw .noThreshold(entry.name) }
        self.entry = entry
        thresholdRule = threshold.rule
        self.threshold = max(threshold.value, .leastNormalMagnitude)
        combination = .newest
        rule = EventRule()
    }

    /// As a request wants it.
    init(_ body: inout FieldReader, _ entry: ModelRegistry.Entry) throws(Problem) {
        self.entry = entry
        let asked = try body.read { (body) throws(JSONError) in try body.thresholdRule() }
        let model = entry.trained.description
        thresholdRule = asked ?? model.threshold?.rule
        let value =
            if let asked {
                asked.given ?? model.errors.map { asked.threshold(of: $0) }
            } else {
                model.threshold?.value
            }
        guard let value else { throw .noThreshold(entry.name) }
        // An error of 0 is a score of 0, whatever the threshold.
        threshold = max(value, .leastNormalMagnitude)
        (combination, rule) = try body.read { (body) throws(JSONError) in
            (try body.choice("combine", default: .newest), try body.eventRule())
        }
    }

    /// The names of the model's features, if it has any.
    var featureNames: [String]? { entry.trained.description.featureNames }

    /// A score for each row of the series that the windows were cut from; NaN for rows without one.
    func rowScores(_ errors: WindowErrors, _ windows: Windows) -> [Float] {
        combination.rowScores(of: errors.windows.map(score), windows: windows)
    }

    /// The events in scores of rows; none spans two recordings.
    func events(in rows: [Float], _ windows: Windows) -> [Event] {
        rule.events(in: rows, recordings: windows.recordings)
    }

    /// Whether the windows look like those that the threshold was learned from; nil if that can't be said.
    func drift(of errors: [Float]) -> Drift? {
        entry.trained.description.errors.flatMap { Drift(of: errors, comparedWith: $0) }
    }

    /// What whoever relies on the scores should know.
    func warnings(_ drift: Drift?) -> [String] {
        entry.trained.description.warnings(of: thresholdRule) + [drift?.warning].compactMap { $0 }
    }

    /// An error in terms of the threshold, which may be next to nothing: a score is never infinite.
    func score(_ error: Float) -> Float { min(error / threshold, .greatestFiniteMagnitude) }
}

extension FieldReader {
    fileprivate mutating func eventRule() throws(JSONError) -> EventRule {
        var rule = EventRule()
        guard var events = try object("events") else { return rule }
        rule.start = Float(try events.double("start", in: 0...1e30, default: Double(rule.start)))
        rule.end = Float(try events.double("end", in: 0...1e30, default: Double(min(rule.end, rule.start))))
        rule.minimumLength = try events.int(
            "minimum_length", in: 1...Int(Int32.max), default: rule.minimumLength)
        rule.mergeGap = try events.int("merge_gap", in: 0...Int(Int32.max), default: rule.mergeGap)
        guard rule.end <= rule.start else {
            throw events.error(
                "end", "is \(rule.end), above the start of \(rule.start); an event ends lower than it begins")
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
            json.member("expected", Drift.expected)
            json.member("is_drift", drift.isDrift)
        }
    }
}
