import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What POST /score asks for.
struct ScoreFields {
    /// What an answer may have.
    enum Part: String, CaseIterable {
        /// Error and score of each window.
        case windows
        /// A score for each row of a series.
        case rows
        /// Stretches of rows that are anomalies.
        case events
        /// The score of each timestep of each window.
        case timesteps
        /// The share that each feature has in each window's error.
        case features
    }

    let entry: ModelRegistry.Entry
    /// In the data's units.
    let windows: Windows
    /// Whether the windows were cut from a series, whose rows can be told of.
    let isSeries: Bool
    /// The error in scaled units that has the score 1.
    let threshold: Float
    let parts: Set<Part>
    let combination: RowCombination
    let rule: EventRule

    /// Reads and checks the whole body.
    init(_ request: Request, _ service: Service) throws(Problem) {
        var body = try FieldReader(request)
        let (name, version) = try body.read { (body) throws(JSONError) in
            (try body.modelName(), try body.version() ?? .latest)
        }
        entry = try service.entry(name, version)
        let model = entry.trained
        threshold = try body.threshold(of: model.description, name)
        let read = try body.read { (body) throws(JSONError) in
            let isSeries = body.has("series")
            let isLast = try body.bool("last", default: false)
            let parts: [Part] = try body.choices(
                "include", default: isSeries ? [.windows, .rows, .events] : [.windows])
            let combination: RowCombination = try body.choice("combine", default: .newest)
            let rule = try body.eventRule()
            let all = try body.windows(for: (model.inputShape.timesteps ?? 1, model.inputShape.features))
            try body.rejectUnknown()
            for part in parts where !isSeries && (part == .rows || part == .events) {
                throw body.error("include", "has \"\(part.rawValue)\", but only a series has rows; send one")
            }
            return (isLast ? all.last : all, isSeries, Set(parts), combination, rule)
        }
        (windows, isSeries, parts, combination, rule) = read
        do throws(JSONError) {
            try service.limits.checkAnswer(of: answerValues, windows, model.model.network)
        } catch {
            throw Problem(error)
        }
    }

    /// How many numbers the answer has, but for events.
    private var answerValues: Int {
        let details =
            (parts.contains(.timesteps) ? windows.timesteps : 0)
            + (parts.contains(.features) ? 2 * windows.features : 0)
        return windows.count * (parts.contains(.windows) ? 3 + details : 0)
            + (parts.contains(.rows) ? windows.series.rows : 0)
    }
}

extension FieldReader {
    /// `threshold`, an error in scaled units, or `quantile` of those that the model's own was learned from; the model's
    /// without either.
    fileprivate mutating func threshold(
        of model: ModelDescription, _ name: String
    ) throws(Problem) -> Float {
        let (threshold, quantile) = try read { (body) throws(JSONError) in
            let threshold = try body.double(
                "threshold", in: 0...Double(Float.greatestFiniteMagnitude), exclusive: true)
            let quantile = try body.double("quantile", in: 0...1)
            guard threshold == nil || quantile == nil else {
                throw body.error("quantile", "and \"threshold\" are both there; send one of them")
            }
            return (threshold, quantile)
        }
        let value: Float?
        if let quantile {
            value = model.errors?.quantile(quantile)
        } else {
            value = threshold.map { Float($0) } ?? model.threshold?.value
        }
        guard let value else { throw .noThreshold(name) }
        // An error of 0 is a score of 0, whatever the threshold.
        return max(value, .leastNormalMagnitude)
    }

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
