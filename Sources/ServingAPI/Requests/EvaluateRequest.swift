import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A request to POST /evaluate: a series, and which of its rows are anomalies.
struct EvaluateRequest {
    let entry: ModelRegistry.Entry
    let scoring: Scoring
    let data: RequestData
    /// For each row of the series, whether it is an anomaly. Shorter than the series by `label_shift`.
    let labels: [Bool]

    /// In the data's units.
    var windows: Windows<Double> { data.windows }

    /// Reads and checks the whole body.
    /// - Throws: 400 or 422 for an invalid body, 404 for an unknown version, 409 for a version without a
    ///   threshold.
    init(_ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits) throws(Problem) {
        var request = try DataRequest(call)
        let (model, version) = try request.modelReference(for: call)
        let entry = try models.entry(model, version)
        self.entry = entry
        scoring = try request.options.scoring(for: entry)
        data = try request.data(for: entry.trained.description, flag: "labels", rowsOnly: true)
        guard let flags = data.flags["labels"] else {
            let isCSV = if case .csv = request.content { true } else { false }
            throw Problem(
                request.options.missing(
                    "labels",
                    (isCSV ? "the name of a column of 0 and 1, or " : "")
                        + "\(FieldReader.rowFlagsRule) that are anomalies"))
        }
        let isOneRecording = data.windows.recordings.count == 1
        let shift = try request.read { (options) throws(JSONError) in
            let shift = try options.int("label_shift", in: 0...Int(Int32.max), default: 0)
            try options.rejectUnknown()
            guard shift == 0 || isOneRecording else {
                throw options.error(
                    "label_shift",
                    "is \(shift), but labels cannot be shifted across the ends of several recordings")
            }
            guard shift < flags.count else {
                throw options.error(
                    "label_shift", "is \(shift); it must be less than the number of rows, \(flags.count)")
            }
            return shift
        }
        try limits.checkResponse(
            of: 3 * RowEvaluation.maxCurvePoints, data.windows, entry.trained.model.network)
        labels = Array(flags[shift...])
    }
}
