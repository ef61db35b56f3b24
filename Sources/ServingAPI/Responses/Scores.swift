import DataFormats
import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// The scores of windows and rows, and the events.
struct Scores {
    let request: ScoreRequest
    let scoring: Scoring
    let errors: WindowErrors
    /// A score for each row of the series; NaN for rows without one.
    let rows: [Float]
    private let events: [Event]
    /// How rare the errors of windows and of rows are; nil if it is not known.
    private let windowSeverity, rowSeverity: Severity?
    /// The usual time from one row to the next; nil without timestamps.
    private let interval: TimeSpan?
    let drift: Drift?
    /// Reasons to doubt the scores, and what was odd about the data.
    private let warnings: [Warning]

    /// - Parameter errors: the errors of the windows, with the detail that the request needs.
    /// - Throws: 422 for too many events.
    init(_ request: ScoreRequest, _ errors: WindowErrors, _ limits: RuntimeLimits) throws(Problem) {
        self.request = request
        self.errors = errors
        scoring = request.scoring
        let needsRows = request.parts.contains(.rows) || request.parts.contains(.events)
        drift = scoring.drift(of: errors.windows)
        warnings =
            request.data.warnings(by: request.entry.trained, for: request.windows)
            + scoring.warnings(drift)
        try request.data.check(warnings)
        rows = needsRows ? scoring.rowScores(errors.windows, request.windows) : []
        windowSeverity = scoring.windowSeverity
        rowSeverity = needsRows ? scoring.rowSeverity : nil
        interval =
            needsRows
            ? request.data.timestamps.flatMap { $0.usualInterval(in: request.windows.recordings) } : nil
        let found = request.parts.contains(.events) ? scoring.events(in: rows, request.windows) : []
        // Sorting is stable, so that equal peaks stay in the order of time.
        events = request.eventOrder == .peak ? found.sorted { $0.peak > $1.peak } : found
        guard events.count <= limits.maxResponseValues / (13 + 2 * request.windows.features) else {
            throw .invalid(
                at: "/events",
                "there are \(events.count) events, too many for a response; drop short ones with "
                    + "minimum_length, merge them with merge_gap, or raise the threshold")
        }
    }

    /// The shares of features in the errors of rows and windows.
    var rowShares: RowShares {
        RowShares(windows: request.windows, errors: errors.features, mode: scoring.rowRule.mode)
    }

    func response() -> Response {
        request.isTable ? table() : document()
    }

    private func document() -> Response {
        .json(reserving: 24 * errors.windows.count + 256) { json in
            json.member("model", request.entry.name)
            json.member("version", request.entry.version)
            json.member("error_kind", request.entry.trained.description.errorKind.rawValue)
            json.member("threshold", scoring.threshold)
            let hasRows = request.parts.contains(.rows) || request.parts.contains(.events)
            json.member("mode", (hasRows ? scoring.rowRule.mode : .causal).rawValue)
            if hasRows { json.member("row_threshold", scoring.rowThreshold) }
            json.member("calibration_windows", windowSeverity?.count)
            if hasRows { json.member("calibration_rows", rowSeverity?.count) }
            if request.parts.contains(.windows) {
                json.array("windows", of: errors.windows.indices) { json, index in
                    json.object { write(window: index, to: &$0) }
                }
            }
            if request.parts.contains(.rows) {
                json.object("rows") { json in
                    json.member("scores", rows[...])
                    if let rowSeverity {
                        json.member("rarities", rows.map { rarity($0, rowSeverity) }[...])
                    }
                    if request.parts.contains(.returnPeriods) { writeReturnPeriods(to: &json) }
                    if request.parts.contains(.rowShares) { writeShares(to: &json) }
                    if let timestamps = request.data.timestamps { json.member("timestamps", timestamps) }
                }
            }
            if request.parts.contains(.events) {
                json.array("events", of: events) { json, event in
                    json.object { write(event, to: &$0) }
                }
            }
            json.drift(drift)
            json.member("warnings", warnings)
        }
    }

    private func write(window index: Int, to json: inout JSONWriter) {
        let score = scoring.score(errors.windows[index])
        json.member("error", errors.windows[index])
        json.member("score", score)
        json.member("is_anomaly", score > 1)
        json.member("rarity", windowSeverity.map { Float($0.rarity(of: errors.windows[index])) })
        json.member(
            "timestamp", ifAny: request.data.timestamps,
            row: request.data.firstRow + request.windows.starts[index] + request.windows.timesteps - 1)
        let (timesteps, features) = (request.windows.timesteps, request.windows.features)
        if request.parts.contains(.timesteps) {
            let timestepErrors = errors.timesteps[(index * timesteps)..<((index + 1) * timesteps)]
            json.member("timesteps", timestepErrors.map(scoring.score)[...])
        }
        if request.parts.contains(.features) {
            json.shares(
                of: errors.features[(index * features)..<((index + 1) * features)],
                names: request.entry.trained.description.featureNames)
        }
    }

    private func write(_ event: Event, to json: inout JSONWriter) {
        json.member("first_row", event.rows.lowerBound)
        json.member("last_row", event.rows.upperBound)
        json.member("duration", event.duration)
        json.member("peak_row", event.peakRow)
        json.member("peak_score", event.peak)
        json.member("peak_rarity", rowSeverity.map { rarity(event.peak, $0) })
        json.name("return_period")
        if let period = rowSeverity?.returnPeriod(of: scoring.rowError(event.peak)) {
            json.object { $0.members(of: period, interval) }
        } else {
            json.null()
        }
        let timestamps = request.data.timestamps
        json.member("first_timestamp", ifAny: timestamps, row: event.rows.lowerBound)
        json.member("last_timestamp", ifAny: timestamps, row: event.rows.upperBound)
        json.member("peak_timestamp", ifAny: timestamps, row: event.peakRow)
        json.shares(of: features(of: event)[...], names: request.entry.trained.description.featureNames)
    }

    /// The rarity of a row by its score; NaN for a row without one.
    private func rarity(_ score: Float, _ severity: Severity) -> Float {
        score.isNaN ? .nan : Float(severity.rarity(of: scoring.rowError(score)))
    }

    /// `"return_periods":[12,null,…]`: that of each row, in rows.
    private func writeReturnPeriods(to json: inout JSONWriter) {
        let periods = rows.map { score in
            let period = score.isNaN ? nil : rowSeverity?.returnPeriod(of: scoring.rowError(score))
            return period.map { Float($0.rows) } ?? .nan
        }
        json.member("return_periods", periods[...])
    }

    /// `"shares":[[0.7,0.3],…]`: the share of each feature in the error of each row.
    private func writeShares(to json: inout JSONWriter) {
        let features = request.windows.features
        var shares: [Float] = []
        shares.reserveCapacity(rows.count * features)
        rowShares.forEachRow { _, row in
            shares += row?.map { Float($0) } ?? Array(repeating: .nan, count: features)
        }
        json.tensor("shares", shares[...], shape: [rows.count, features])
    }

    /// The sum of each feature's errors, `[F]`, over the windows that end within an event, or over those that
    /// overlap it if none ends within it.
    private func features(of event: Event) -> [Double] {
        let (windows, features) = (request.windows, request.windows.features)
        let ending = windows.starting(
            in: (event.rows.lowerBound - windows.timesteps + 1)...(event.rows.upperBound - windows.timesteps
                + 1))
        let indices =
            ending.isEmpty
            ? windows.starting(in: (event.rows.lowerBound - windows.timesteps + 1)...event.rows.upperBound)
            : ending
        var sums = [Double](repeating: 0, count: features)
        for index in indices {
            for feature in 0..<features { sums[feature] += errors.features[index * features + feature] }
        }
        return sums
    }
}

extension Timestamps {
    /// The median time from one row to the next, over at most about 10,000 pairs of rows; nil if it is 0.
    fileprivate func usualInterval(in recordings: [Range<Int>]) -> TimeSpan? {
        let step = max(1, instants.count / 10_000)
        var spans: [Int64] = []
        for rows in recordings {
            for row in stride(from: rows.lowerBound + 1, to: min(rows.upperBound, instants.count), by: step) {
                let (span, isOverflow) = instants[row].subtractingReportingOverflow(instants[row - 1])
                if !isOverflow { spans.append(span) }
            }
        }
        guard !spans.isEmpty else { return nil }
        let median = spans.sorted()[spans.count / 2]
        return median > 0 ? TimeSpan(nanoseconds: median) : nil
    }
}

extension JSONWriter {
    /// The members of a return period.
    /// - Parameter interval: the time from one row to the next; nil without timestamps.
    fileprivate mutating func members(of period: ReturnPeriod, _ interval: TimeSpan?) {
        member("rows", Float(period.rows))
        member("rows_low", Float(period.low))
        member("rows_high", period.high.map { Float($0) })
        member("is_longer", period.isLonger)
        guard let interval else { return }
        let seconds = Double(interval.nanoseconds) / 1e9
        member("seconds", Float(period.rows * seconds))
        member("seconds_low", Float(period.low * seconds))
        member("seconds_high", period.high.map { Float($0 * seconds) })
    }

    /// `"features":[{"feature":3,"name":"flow","share":0.7},…]`: the share of each feature in the error, the
    /// largest first.
    fileprivate mutating func shares(of errors: ArraySlice<Double>, names: [String]?) {
        let sum = max(errors.reduce(0, +), .leastNormalMagnitude)
        let ranked = errors.enumerated().sorted { $0.element > $1.element }
        array("features", of: ranked) { json, feature in
            json.object { json in
                json.member("feature", feature.offset)
                if let names { json.member("name", names[feature.offset]) }
                json.member("share", Float(feature.element / sum))
            }
        }
    }
}
