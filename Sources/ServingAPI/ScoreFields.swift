import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// How errors become scores: what POST /score and POST /evaluate have in common.
struct Scoring {
    let entry: ModelRegistry.Entry
    /// The error in scaled units that has the score 1.
    let threshold: Float
    let combination: RowCombination
    let rule: EventRule

    init(_ body: inout FieldReader, _ service: Service) throws(Problem) {
        let (name, version) = try body.read { (body) throws(JSONError) in
            (try body.modelName(), try body.version() ?? .latest)
        }
        entry = try service.entry(name, version)
        threshold = try body.threshold(of: entry.trained.description, name)
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

    /// An error in terms of the threshold, which may be next to nothing: a score is never infinite.
    func score(_ error: Float) -> Float { min(error / threshold, .greatestFiniteMagnitude) }
}

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

    let scoring: Scoring
    let data: RequestData
    let parts: Set<Part>

    /// In the data's units.
    var windows: Windows { data.windows }

    /// Reads and checks the whole body.
    init(_ request: Request, _ service: Service) throws(Problem) {
        var body = try FieldReader(data: request)
        let scoring = try Scoring(&body, service)
        self.scoring = scoring
        (data, parts) = try body.read { (body) throws(JSONError) in
            let isSeries = body.hasRows
            let isLast = try body.bool("last", default: false)
            let parts: [Part] = try body.choices(
                "include", default: isSeries && !isLast ? [.windows, .rows, .events] : [.windows])
            let data = try body.data(for: scoring.entry.trained.description)
            try body.rejectUnknown()
            for part in parts where part == .rows || part == .events {
                guard isSeries else {
                    throw body.error(
                        "include", "has \"\(part.rawValue)\", but only a series has rows; send one")
                }
                guard !isLast else {
                    throw body.error(
                        "include",
                        "has \"\(part.rawValue)\", but \"last\" is one window; leave one of them out")
                }
            }
            return (isLast ? data.last : data, Set(parts))
        }
        do throws(JSONError) {
            try service.limits.checkAnswer(of: answerValues, windows, scoring.entry.trained.model.network)
        } catch {
            throw Problem(error)
        }
    }

    /// How many numbers the answer has, but for events.
    private var answerValues: Int {
        let details =
            (parts.contains(.timesteps) ? windows.timesteps : 0)
            + (parts.contains(.features) ? 2 * windows.features : 0)
        let timestamp = data.timestamps == nil ? 0 : 1
        return windows.count * (parts.contains(.windows) ? 3 + timestamp + details : 0)
            + (parts.contains(.rows) ? windows.series.rows * (1 + timestamp) : 0)
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
