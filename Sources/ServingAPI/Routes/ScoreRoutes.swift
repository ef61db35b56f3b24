import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension Service {
    static let scoreRoutes: [Route] = [
        Route(.post, "/score", scope: .infer, lane: .score, takes: .data) {
            (service, call) throws(Problem) in
            try ScoreFields(call.request, service).map { (fields) throws(Problem) in
                try service.scores(fields, call).response()
            }
        },
        Route(.post, "/evaluate", scope: .infer, lane: .compute, takes: .data) {
            (service, call) throws(Problem) in
            let fields = try EvaluateFields(call.request, service)
            let entry = fields.scoring.entry
            let errors = service.computing(entry, windows: fields.windows.count, for: call) {
                entry.trained.errors(of: fields.windows)
            }
            let rows = try JudgedRows(fields.scoring, fields.windows, errors, fields.labels)
            return rows.response(fields.scoring)
        },
    ]

    /// Scores windows.
    func scores(_ fields: ScoreFields, _ call: Call) throws(Problem) -> Scores {
        let entry = fields.scoring.entry
        let errors = computing(entry, windows: fields.windows.count, for: call) {
            entry.trained.errors(of: fields.windows, fields.detail)
        }
        return try Scores(fields, errors, limits)
    }
}

extension ScoreFields {
    /// What of the errors the answer tells.
    fileprivate var detail: WindowErrors.Detail {
        var detail: WindowErrors.Detail = []
        if parts.contains(.timesteps) { detail.insert(.timesteps) }
        if parts.contains(.features) || parts.contains(.events) { detail.insert(.features) }
        return detail
    }
}

/// What there is to say of windows and rows.
struct Scores {
    private let fields: ScoreFields
    private let scoring: Scoring
    private let errors: WindowErrors
    /// A score for each row of the series; NaN for rows without one.
    private let rows: [Float]
    private let events: [Event]

    /// - Parameter errors: of the windows, with the detail that the fields ask for.
    /// - Throws: 422 for errors past the largest float, and for too many events.
    init(_ fields: ScoreFields, _ errors: WindowErrors, _ limits: RuntimeLimits) throws(Problem) {
        self.fields = fields
        self.errors = errors
        scoring = fields.scoring
        guard errors.windows.allSatisfy(\.isFinite) else { throw .overflow() }
        let isByRow = fields.parts.contains(.rows) || fields.parts.contains(.events)
        rows = isByRow ? scoring.rowScores(errors, fields.windows) : []
        events = fields.parts.contains(.events) ? scoring.events(in: rows, fields.windows) : []
        guard events.count <= limits.responseValues / (5 + 2 * fields.windows.features) else {
            throw .invalid(
                at: "/events",
                "there are \(events.count) events, too many to tell; leave short ones out with minimum_length, join them with "
                    + "merge_gap, or use a higher threshold")
        }
    }

    func response() -> Response {
        let drift = scoring.drift(of: errors.windows)
        return .json(reserving: 24 * errors.windows.count + 256) { json in
            json.member("model", scoring.entry.name)
            json.member("version", scoring.entry.version)
            json.member("error_kind", scoring.entry.trained.description.errorKind.rawValue)
            json.member("threshold", scoring.threshold)
            if fields.parts.contains(.windows) {
                json.array("windows", of: errors.windows.indices) { json, index in
                    json.object { write(window: index, to: &$0) }
                }
            }
            if fields.parts.contains(.rows) {
                json.object("rows") { json in
                    json.member("scores", rows[...])
                    if let timestamps = fields.data.timestamps { json.member("timestamps", timestamps) }
                }
            }
            if fields.parts.contains(.events) {
                json.array("events", of: events) { json, event in
                    json.object { write(event, to: &$0) }
                }
            }
            json.drift(drift)
            json.member("warnings", scoring.warnings(drift))
        }
    }

    private func write(window index: Int, to json: inout JSONWriter) {
        let score = scoring.score(errors.windows[index])
        json.member("error", errors.windows[index])
        json.member("score", score)
        json.member("is_anomaly", score > 1)
        json.member(
            "timestamp",
            ifAny: fields.data.timestamp(ofRow: fields.windows.starts[index] + fields.windows.timesteps - 1))
        let (timesteps, features) = (fields.windows.timesteps, fields.windows.features)
        if fields.parts.contains(.timesteps) {
            let ofTimesteps = errors.timesteps[(index * timesteps)..<((index + 1) * timesteps)]
            json.member("timesteps", ofTimesteps.map(scoring.score)[...])
        }
        if fields.parts.contains(.features) {
            json.shares(
                of: errors.features[(index * features)..<((index + 1) * features)],
                names: scoring.featureNames)
        }
    }

    private func write(_ event: Event, to json: inout JSONWriter) {
        json.member("first_row", event.rows.lowerBound)
        json.member("last_row", event.rows.upperBound)
        json.member("duration", event.duration)
        json.member("peak_row", event.peakRow)
        json.member("peak_score", event.peak)
        json.member("first_timestamp", ifAny: fields.data.timestamp(ofRow: event.rows.lowerBound))
        json.member("last_timestamp", ifAny: fields.data.timestamp(ofRow: event.rows.upperBound))
        json.member("peak_timestamp", ifAny: fields.data.timestamp(ofRow: event.peakRow))
        json.shares(of: features(of: event)[...], names: scoring.featureNames)
    }

    /// The errors of each feature in the windows that end within an event, or cover it where none does.
    private func features(of event: Event) -> [Float] {
        let (windows, features) = (fields.windows, fields.windows.features)
        let ending = windows.starting(
            in: (event.rows.lowerBound - windows.timesteps + 1)...(event.rows.upperBound - windows.timesteps
                + 1))
        let chosen =
            ending.isEmpty
            ? windows.starting(in: (event.rows.lowerBound - windows.timesteps + 1)...event.rows.upperBound)
            : ending
        var sums = [Float](repeating: 0, count: features)
        for index in chosen {
            for feature in 0..<features { sums[feature] += errors.features[index * features + feature] }
        }
        return sums
    }
}

extension JSONWriter {
    /// `"features":[{"feature":3,"name":"flow","share":0.7},…]`: what each has of the whole error, the largest first.
    fileprivate mutating func shares(of errors: ArraySlice<Float>, names: [String]?) {
        let sum = max(errors.reduce(0, +), .leastNormalMagnitude)
        let ranked = errors.enumerated().sorted { $0.element > $1.element }
        array("features", of: ranked) { json, feature in
            json.object { json in
                json.member("feature", feature.offset)
                if let names { json.member("name", names[feature.offset]) }
                json.member("share", feature.element / sum)
            }
        }
    }
}
