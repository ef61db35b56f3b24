import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import TimeSeries
import Training

/// A request to POST /models/{model}/feedback: rows, and which of them are normal or anomalous.
struct FeedbackRequest {
    let entry: ModelRegistry.Entry
    let feedback: PlannedFeedback
    /// What was odd about the data.
    let warnings: [Warning]

    /// Reads and checks the whole body.
    /// - Throws: 400 or 422 for an invalid body, 404 for an unknown version, 409 for a version without
    ///   calibration errors.
    init(_ call: Call, _ models: ModelLookup) throws(Problem) {
        let model = try call.model()
        var request = try DataRequest(call)
        let (version, rule) = try request.read { (options) throws(JSONError) in
            (try options.version("version") ?? .latest, try options.feedbackRule())
        }
        let entry = try models.entry(model, version)
        self.entry = entry
        let description = entry.trained.description
        guard description.errors != nil else { throw .noCalibration(model.name) }
        let names = ["normal", "anomalous"]
        guard names.contains(where: { request.options.has($0) }) else {
            throw Problem(
                request.options.missing(
                    "normal",
                    "ranges [[first, last], …] of normal rows; or \"anomalous\" with rows that are not"
                ))
        }
        // Each reading has flags that follow the rows wherever order, gaps and resampling take them.
        var second = request
        let data = try request.data(for: description, flag: "anomalous", besides: "normal", rowsOnly: true)
        var normal: [Bool]?
        if second.options.has("normal") {
            normal = try second.data(for: description, flag: "normal", besides: "anomalous", rowsOnly: true)
                .flags
        }
        try request.rejectUnknown()
        let rows = data.windows.series.rows
        let none = [Bool](repeating: false, count: rows)
        if let both = none.indices.first(where: { normal?[$0] == true && data.flags?[$0] == true }) {
            throw Problem(
                request.options.error(
                    "normal", "and \"anomalous\" both have row \(both); a row is one or the other"))
        }
        feedback = PlannedFeedback(
            on: entry, data.windows, normal: normal ?? none, anomalous: data.flags ?? none, rule: rule)
        warnings = data.warnings
    }
}

extension FieldReader {
    /// Reads `quantile` or `sigmas`; nil if neither is present.
    fileprivate mutating func feedbackRule() throws(JSONError) -> Threshold.Rule? {
        guard let quantile = try double("quantile", in: 0...1) else {
            return try double("sigmas", in: 0...1e6).map { .sigmas($0) }
        }
        guard !has("sigmas") else {
            throw error("sigmas", "and \"quantile\" are both present; send one of them")
        }
        return .quantile(quantile)
    }
}
