import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A request to POST /score.
struct ScoreRequest {
    /// A part of the response.
    enum Part: String, CaseIterable {
        /// The error and the score of each window.
        case windows
        /// A score for each row of a series.
        case rows
        /// Ranges of rows that are anomalies.
        case events
        /// The score of each timestep of each window.
        case timesteps
        /// The share of each feature in each window's error.
        case features
        /// The return period of each row.
        case returnPeriods = "return_periods"
        /// The share of each feature in each row's error.
        case rowShares = "row_shares"

        /// Whether the part is about rows.
        var needsRows: Bool { self == .events || self == .rows || addsToRows }
        /// Whether the part adds to ``rows``.
        var addsToRows: Bool { self == .returnPeriods || self == .rowShares }
    }

    /// The order of events.
    enum EventOrder: String, CaseIterable {
        /// By their first rows.
        case time
        /// By their peak scores, the highest first.
        case peak
    }

    let entry: ModelRegistry.Entry
    let scoring: Scoring
    let data: RequestData
    let parts: Set<Part>
    let eventOrder: EventOrder
    /// Whether the response is CSV, with a line for each row of a series, or for each window. Its columns do
    /// not depend on the parts that a JSON response would have.
    let isTable: Bool

    /// In the data's units.
    var windows: Windows<Double> { data.windows }

    /// Reads and checks the rest of a body, after the model and version.
    /// - Parameter isTable: whether the response is CSV.
    /// - Throws: 422 for invalid members and for a response beyond the limits, 409 for a version without a
    ///   threshold.
    init(
        _ request: DataRequest, _ entry: ModelRegistry.Entry, _ limits: RuntimeLimits, isTable: Bool = false
    ) throws(Problem) {
        var request = request
        self.entry = entry
        self.isTable = isTable
        scoring = try request.options.scoring(for: entry)
        let (isLast, requested, order) = try request.read { (options) throws(JSONError) in
            let requested: [Part] = try options.choices("include", default: [])
            let order: EventOrder = try options.choice("sort", default: .time)
            return (try options.bool("last", default: false), options.has("include") ? requested : nil, order)
        }
        let all = try request.data(for: entry.trained.description)
        try request.rejectUnknown()
        let isSeries = all.isSeries
        let hasRows = isSeries && !isLast
        let parts =
            isTable
            ? [hasRows ? .rows : .windows, .features]
            : requested ?? (hasRows ? [.windows, .rows, .events] : [.windows])
        for part in parts where part.needsRows {
            guard isSeries else {
                throw Problem(
                    request.options.error(
                        "include",
                        "has \"\(part.rawValue)\", which requires rows; send \"series\" instead of "
                            + "\"windows\""))
            }
            guard !isLast else {
                throw Problem(
                    request.options.error(
                        "include",
                        "has \"\(part.rawValue)\", but \"last\" selects one window; remove one of them"))
            }
        }
        eventOrder = order
        data = isLast ? all.last : all
        self.parts = Set(parts).union(parts.contains(where: \.addsToRows) ? [.rows] : [])
        try limits.checkResponse(of: responseValueCount, windows, entry.trained.model.network)
    }

    /// The number of values in the response, without events.
    private var responseValueCount: Int {
        guard !isTable else {
            return 9 * (parts.contains(.rows) ? windows.series.rows : windows.count)
        }
        let details =
            (parts.contains(.timesteps) ? windows.timesteps : 0)
            + (parts.contains(.features) ? 2 * windows.features : 0)
        let timestamp = data.timestamps == nil ? 0 : 1
        return windows.count * (parts.contains(.windows) ? 4 + timestamp + details : 0)
            + (parts.contains(.rows)
                ? windows.series.rows
                    * (2 + timestamp + (parts.contains(.returnPeriods) ? 1 : 0)
                        + (parts.contains(.rowShares) ? windows.features : 0)) : 0)
    }
}
