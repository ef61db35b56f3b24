import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What POST /evaluate asks for: a series, and which of its rows are anomalies.
struct EvaluateFields {
    let scoring: Scoring
    /// In the data's units.
    let windows: Windows
    /// For each row of the series, whether it is an anomaly; shorter than the series by the shift.
    let labels: [Bool]

    /// Reads and checks the whole body.
    init(_ request: Request, _ service: Service) throws(Problem) {
        var body = try FieldReader(request)
        let scoring = try Scoring(&body, service)
        self.scoring = scoring
        (windows, labels) = try body.read { (body) throws(JSONError) in
            let windows = try body.windows(for: scoring.shape, ofSeries: true)
            let labels = try body.labels(rows: windows.series.rows)
            let shift = try body.int("label_shift", in: 0...Int(Int32.max), default: 0)
            try body.rejectUnknown()
            guard shift < labels.count else {
                throw body.error("label_shift", "is \(shift), but there are only \(labels.count) rows")
            }
            try service.limits.checkAnswer(
                of: 3 * JudgedRows.curvePoints, windows, scoring.entry.trained.model.network)
            return (windows, Array(labels[shift...]))
        }
    }
}

extension FieldReader {
    /// `labels`: 0 or 1 for each row, or the first and the last row of each stretch of anomalies.
    fileprivate mutating func labels(rows: Int) throws(JSONError) -> [Bool] {
        let wanted = "0 or 1 for each row, or stretches [[first, last], …] of rows that are anomalies"
        guard let tensor = try tensor("labels", rank: 1...2) else { throw missing("labels", wanted) }
        guard tensor.missing.isEmpty else {
            throw error("labels", "have a null in them; they must be \(wanted)")
        }
        if tensor.shape.count == 2 { return try stretches(tensor, rows: rows) }
        guard tensor.values.count == rows else {
            throw error("labels", "are \(tensor.values.count) for \(rows) rows; they must be \(wanted)")
        }
        if let other = tensor.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw JSONError(
                .invalid, at: pointer(to: "labels") + "/\(other)",
                "label \(other) is \(tensor.values[other]); it must be 0 or 1")
        }
        return tensor.values.map { $0 == 1 }
    }

    private func stretches(_ tensor: Tensor, rows: Int) throws(JSONError) -> [Bool] {
        // Numbers are read as float32, which has no odd ones beyond.
        guard rows <= 1 << 24 else {
            throw error("labels", "must be 0 or 1 for each row where there are more than \(1 << 24)")
        }
        var labels = [Bool](repeating: false, count: rows)
        for index in 0..<tensor.shape[0] {
            let stretch = tensor.values[(index * tensor.shape[1])..<((index + 1) * tensor.shape[1])].map {
                Int(exactly: $0)
            }
            guard stretch.count == 2, let first = stretch[0], let last = stretch[1], first >= 0,
                first <= last, last < rows
            else {
                throw JSONError(
                    .invalid, at: pointer(to: "labels") + "/\(index)",
                    "stretch \(index) must be the first and the last of the rows 0 to \(rows - 1)")
            }
            for row in first...last { labels[row] = true }
        }
        return labels
    }
}
