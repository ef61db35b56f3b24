import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What POST /evaluate asks for: a series, and which of its rows are anomalies.
struct EvaluateFields {
    private static let curvePoints = 300

    private let scoring: Scoring
    private let windows: Windows
    /// For each row of the series, whether it is an anomaly; shorter than the series by the shift.
    private let labels: [Bool]

    /// Reads and checks the whole body.
    init(_ request: Request, _ service: Service) throws(Problem) {
        var body = try FieldReader(data: request, flag: "labels")
        let scoring = try Scoring(&body, service)
        self.scoring = scoring
        (windows, labels) = try body.read { (body) throws(JSONError) in
            let windows = try body.data(for: scoring.entry.trained.description, ofSeries: true).windows
            guard let labels = try body.rowFlags("labels", rows: windows.series.rows) else {
                throw body.missing(
                    "labels",
                    body.isQuery ? "the column of 0 and 1" : "\(FieldReader.rowFlagsRule) that are anomalies")
            }
            let shift = try body.int("label_shift", in: 0...Int(Int32.max), default: 0)
            try body.rejectUnknown()
            guard shift == 0 || windows.recordings.count == 1 else {
                throw body.error("label_shift", "is \(shift), but the end of a recording has no later labels")
            }
            guard shift < labels.count else {
                throw body.error("label_shift", "is \(shift), but there are only \(labels.count) rows")
            }
            try service.limits.checkAnswer(
                of: 3 * Self.curvePoints, windows, scoring.entry.trained.model.network)
            return (windows, Array(labels[shift...]))
        }
    }

    /// The metrics of all rows that have a score and a label.
    func response() throws(Problem) -> Response {
        let errors = scoring.entry.trained.errors(of: windows)
        guard errors.windows.allSatisfy(\.isFinite) else { throw .overflow() }
        let rows = Array(scoring.rowScores(errors, windows).prefix(labels.count))
        let scored = rows.indices.filter { !rows[$0].isNaN }
        let evaluation = Evaluation(scores: scored.map { rows[$0] }, labels: scored.map { labels[$0] })
        // Labels of rows without a score count nowhere.
        let judged = rows.indices.map { labels[$0] && !rows[$0].isNaN }
        let events = EventMatch(found: scoring.events(in: rows, windows), labels: judged)
        return .json { json in
            json.member("model", scoring.entry.name)
            json.member("version", scoring.entry.version)
            json.member("threshold", scoring.threshold)
            json.member("rows", scored.count)
            json.member("anomalies", evaluation.anomalies)
            json.member("roc_auc", evaluation.rocAUC)
            json.member("average_precision", evaluation.averagePrecision)
            json.name("best")
            if let best = evaluation.best { json.object { $0.members(of: best) } } else { json.null() }
            json.object("at_threshold") { $0.members(of: evaluation.confusion(above: 1)) }
            json.object("events") { $0.members(of: events) }
            json.array(
                "precision_recall_curve", of: evaluation.precisionRecallCurve(points: Self.curvePoints)
            ) {
                json, point in
                json.object { json in
                    json.member("threshold", point.threshold)
                    json.member("precision", point.confusion.precision)
                    json.member("recall", point.confusion.recall)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of point: Evaluation.Point) {
        member("threshold", point.threshold)
        members(of: point.confusion)
    }

    fileprivate mutating func members(of confusion: Evaluation.Confusion) {
        member("f1", confusion.f1)
        member("precision", confusion.precision)
        member("recall", confusion.recall)
        member("false_alarm_rate", confusion.falseAlarmRate)
        member("missed_alarm_rate", confusion.missedAlarmRate)
        member("true_positives", confusion.truePositives)
        member("false_positives", confusion.falsePositives)
        member("true_negatives", confusion.trueNegatives)
        member("false_negatives", confusion.falseNegatives)
    }

    fileprivate mutating func members(of match: EventMatch) {
        member("labelled", match.labelled)
        member("detected", match.detected)
        member("found", match.found)
        member("false_alarms", match.falseAlarms)
    }
}
