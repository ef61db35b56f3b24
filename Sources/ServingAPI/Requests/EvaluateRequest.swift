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
    /// In the data's units.
    let windows: Windows<Double>
    /// For each row of the series, whether it is an anomaly. Shorter than the series by `label_shift`.
    let labels: [Bool]

    /// Reads and checks the whole body.
    /// - Throws: 400 or 422 for an invalid body, 404 for an unknown version, 409 for a version without a
    ///   threshold.
    init(_ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits) throws(Problem) {
        var body = try FieldReader(data: call, flag: "labels")
        let (model, version) = try body.modelReference(for: call)
        let entry = try models.entry(model, version)
        self.entry = entry
        scoring = try body.scoring(for: entry)
        (windows, labels) = try body.read { (body) throws(JSONError) in
            let windows = try body.data(for: entry.trained.description, rowsOnly: true).windows
            guard let labels = try body.rowFlags("labels", rows: windows.series.rows) else {
                throw body.missing(
                    "labels",
                    (body.isQuery ? "the name of a column of 0 and 1 for CSV, otherwise " : "")
                        + "\(FieldReader.rowFlagsRule) that are anomalies")
            }
            let shift = try body.int("label_shift", in: 0...Int(Int32.max), default: 0)
            try body.rejectUnknown()
            guard shift == 0 || windows.recordings.count == 1 else {
                throw body.error(
                    "label_shift",
                    "is \(shift), but labels cannot be shifted across the ends of several recordings")
            }
            guard shift < labels.count else {
                throw body.error(
                    "label_shift", "is \(shift); it must be less than the number of rows, \(labels.count)")
            }
            try limits.checkResponse(
                of: 3 * RowEvaluation.maxCurvePoints, windows, entry.trained.model.network)
            return (windows, Array(labels[shift...]))
        }
    }
}
