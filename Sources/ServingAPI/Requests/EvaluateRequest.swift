import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// What POST /evaluate asks for: a series, and which of its rows are anomalies.
struct EvaluateRequest {
    let entry: ModelRegistry.Entry
    let scoring: Scoring
    /// In the data's units.
    let windows: Windows
    /// For each row of the series, whether it is an anomaly; shorter than the series by the shift.
    let labels: [Bool]

    /// Reads and checks the whole body.
    init(_ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits) throws(Problem) {
        var body = try FieldReader(data: call, flag: "labels")
        let (name, version) = try body.modelReference()
        let entry = try models.entry(name, version)
        self.entry = entry
        scoring = try body.scoring(for: entry)
        (windows, labels) = try body.read { (body) throws(JSONError) in
            let windows = try body.data(for: entry.trained.description, ofSeries: true).windows
            guard let labels = try body.rowFlags("labels", rows: windows.series.rows) else {
                throw body.missing(
                    "labels",
                    (body.isQuery ? "for CSV the column of 0 and 1, otherwise " : "")
                        + "\(FieldReader.rowFlagsRule) that are anomalies")
            }
            let shift = try body.int("label_shift", in: 0...Int(Int32.max), default: 0)
            try body.rejectUnknown()
            guard shift == 0 || windows.recordings.count == 1 else {
                throw body.error("label_shift", "is \(shift), but the end of a recording has no later labels")
            }
            guard shift < labels.count else {
                throw body.error("label_shift", "is \(shift), but there are only \(labels.count) rows")
            }
            try limits.checkResponse(
                of: 3 * RowEvaluation.curvePoints, windows, entry.trained.model.network)
            return (windows, Array(labels[shift...]))
        }
    }
}
