import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import TimeSeries

/// The rows of a labelled series that have a score, and what a detector makes of them.
struct JudgedRows {
    static let curvePoints = 300

    /// A way to score rows, held against the labels.
    struct Judgement {
        /// The error that has the score 1.
        let threshold: Float
        let evaluation: Evaluation
        let events: EventMatch
    }

    /// The model's.
    let model: Judgement
    /// Those of what can be had without a network; nil if the model was brought in without.
    let baselines: (zScore: Judgement, pca: Judgement)?
    let drift: Drift?
    let rows: Int

    /// - Parameters:
    ///   - windows: in the data's units.
    ///   - errors: of the windows.
    ///   - labels: for each row of the series, whether it is an anomaly; it may be shorter.
    /// - Throws: 422 for errors past the largest float.
    init(
        _ scoring: Scoring, _ windows: Windows, _ errors: WindowErrors, _ labels: [Bool]
    ) throws(Problem) {
        let errors = errors.windows
        guard errors.allSatisfy(\.isFinite) else { throw .overflow() }
        let scores = scoring.combination.rowScores(of: errors.map(scoring.score), windows: windows)
        let scored = scores.indices.prefix(labels.count).filter { !scores[$0].isNaN }
        rows = scored.count
        drift = scoring.drift(of: errors)

        func judge(_ all: [Float], _ threshold: Float) -> Judgement {
            // All are judged by the same rows: those that the model has a score for.
            var rows = [Float](repeating: .nan, count: labels.count)
            for row in scored { rows[row] = all[row] }
            let judged = rows.indices.map { labels[$0] && !rows[$0].isNaN }
            return Judgement(
                threshold: threshold,
                evaluation: Evaluation(
                    scores: scored.map { all[$0] }, labels: scored.map { labels[$0] }),
                events: EventMatch(found: scoring.events(in: rows, windows), labels: judged))
        }
        model = judge(scores, scoring.threshold)

        let trained = scoring.entry.trained
        guard let learned = trained.detector.baselines, let known = trained.description.baselineErrors else {
            baselines = nil
            return
        }
        // A threshold that is given is in units of the model's errors.
        let asked = scoring.thresholdRule ?? .standard
        let rule = asked.given == nil ? asked : .standard
        let scaled = trained.scale(windows)
        func judge(_ errors: [Float], _ known: ErrorDistribution) -> Judgement {
            let threshold = max(rule.threshold(of: known), .leastNormalMagnitude)
            let scores = errors.map { min($0 / threshold, .greatestFiniteMagnitude) }
            return judge(scoring.combination.rowScores(of: scores, windows: windows), threshold)
        }
        baselines = (
            judge(learned.zScoreErrors(of: scaled), known.zScore),
            judge(learned.pcaErrors(of: scaled), known.pca)
        )
    }

    /// What POST /evaluate answers.
    func response(_ scoring: Scoring) -> Response {
        .json { json in
            let entry = scoring.entry
            json.member("model", entry.name)
            json.member("version", entry.version)
            json.member("error_kind", entry.trained.description.errorKind.rawValue)
            json.member("rows", rows)
            json.member("anomalies", model.evaluation.anomalies)
            json.members(of: model)
            json.array(
                "precision_recall_curve",
                of: model.evaluation.precisionRecallCurve(points: Self.curvePoints)
            ) { json, point in
                json.object { json in
                    json.member("threshold", point.threshold)
                    json.member("precision", point.confusion.precision)
                    json.member("recall", point.confusion.recall)
                }
            }
            json.name("baselines")
            if let baselines {
                json.object { json in
                    json.object("z_score") { $0.members(of: baselines.zScore) }
                    json.object("pca") { $0.members(of: baselines.pca) }
                }
            } else {
                json.null()
            }
            json.drift(drift)
            json.member("warnings", scoring.warnings(drift))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of judgement: JudgedRows.Judgement) {
        member("threshold", judgement.threshold)
        member("roc_auc", judgement.evaluation.rocAUC)
        member("average_precision", judgement.evaluation.averagePrecision)
        name("best")
        if let best = judgement.evaluation.best { object { $0.members(of: best) } } else { null() }
        object("at_threshold") { $0.members(of: judgement.evaluation.confusion(above: 1)) }
        object("events") { $0.members(of: judgement.events) }
    }

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
