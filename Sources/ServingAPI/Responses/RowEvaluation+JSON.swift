import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension RowEvaluation {
    /// The maximum number of points of a precision-recall curve in a response.
    static let maxCurvePoints = 300

    /// Evaluates a version and its baselines.
    /// - Parameters:
    ///   - windows: `[N][T][F]` in the data's units.
    ///   - errors: the errors of the windows.
    ///   - labels: for each row of the series, whether it is an anomaly; may be shorter than the series.
    init(
        _ entry: ModelRegistry.Entry, _ scoring: Scoring, _ windows: Windows<Double>, _ errors: WindowErrors,
        labels: [Bool]
    ) {
        let trained = entry.trained
        var input: BaselineInput?
        if let baselines = trained.detector.baselines,
            let calibration = trained.description.baselineErrors
        {
            input = BaselineInput(baselines, calibration: calibration, scaled: trained.scale(windows))
        }
        self.init(scoring, windows, errors: errors.windows, labels: labels, baselines: input)
    }

    /// The response to POST /evaluate.
    /// - Parameter warnings: reasons to doubt it.
    func response(_ entry: ModelRegistry.Entry, _ warnings: [Warning]) -> Response {
        let description = entry.trained.description
        let own = description.errorKind == .mse ? description.architecture.baseline : nil
        return .json { json in
            json.member("model", entry.name)
            json.member("version", entry.version)
            json.member("error_kind", description.errorKind.rawValue)
            json.member("mode", model.mode.rawValue)
            json.members(of: model)
            json.member("best_threshold", model.result.bestThreshold)
            json.array(
                "precision_recall_curve",
                of: model.result.evaluation.precisionRecallCurve(maxPoints: Self.maxCurvePoints)
            ) { json, point in
                json.object { json in
                    json.member("threshold", point.threshold)
                    json.member("precision", point.confusion.precision)
                    json.member("recall", point.confusion.recall)
                }
            }
            json.object("modes") { json in
                for mode in modes { json.object(mode.mode.rawValue) { $0.members(of: mode) } }
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
            json.member("warnings", warnings)
            json.verdict(verdict(of: own))
        }
    }
}

extension JSONWriter {
    fileprivate mutating func members(of mode: RowEvaluation.ModeResult) {
        member("rows", mode.rows)
        member("anomalies", mode.result.evaluation.anomalies)
        members(of: mode.result)
    }

    fileprivate mutating func members(of detector: RowEvaluation.DetectorResult) {
        member("threshold", detector.threshold)
        member("roc_auc", detector.evaluation.rocAUC)
        member("average_precision", detector.evaluation.averagePrecision)
        name("best")
        if let best = detector.evaluation.bestF1 { object { $0.members(of: best) } } else { null() }
        object("at_threshold") { $0.members(of: detector.evaluation.confusion(above: 1)) }
        object("events") { $0.members(of: detector.events) }
    }

    fileprivate mutating func members(of point: Evaluation.Point) {
        member("threshold", point.threshold)
        members(of: point.confusion)
    }

    fileprivate mutating func members(of confusion: Evaluation.ConfusionMatrix) {
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
