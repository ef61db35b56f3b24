import ArgumentParser
import RepriseClient

/// `reprise evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold a model's scores of a labelled series against the labels.",
        discussion:
            "Beside the model stand a z-score and principal components, learned from the same windows. The curve is in the "
            + "JSON answer.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var prediction: PredictionOptions
    @Option(
        help: ArgumentHelp(
            "The column that is 1 in rows that are anomalies, and 0 in others.", valueName: "column"))
    var labels: String?
    @OptionGroup var threshold: ThresholdOptions

    func run() throws {
        let data = try prediction.data.data(["labels": labels])
        try data.requireModel(prediction.model)
        let request = prediction.request(threshold)
        try server.post("/evaluate", data.request(RepriseClient.json(request)), report: report)
    }

    private func report(_ answer: EvaluateAnswer) -> String {
        var detectors = [("model", answer.judgement)]
        if let baselines = answer.baselines {
            detectors += [("pca", baselines.pca), ("z_score", baselines.zScore)]
        }
        let rows = detectors.map { name, judgement in
            [
                name, judgement.rocAuc.figure, judgement.averagePrecision.figure, (judgement.best?.f1).figure,
                judgement.atThreshold.f1.figure, judgement.atThreshold.falseAlarmRate.figure,
                judgement.atThreshold.missedAlarmRate.figure,
                "\(judgement.events.detected) of \(judgement.events.labelled)",
                "\(judgement.events.falseAlarms)",
            ]
        }
        let header = [
            "detector", "AUC", "AP", "best F1", "F1", "false alarms", "missed", "stretches found",
            "false events",
        ]
        return "\(answer.rows) rows, \(answer.anomalies) of them anomalies\n\(Table(header, rows))"
            + text(ofWarnings: answer.warnings)
    }
}

extension Double {
    /// Three decimals.
    var figure: String {
        let thousandths = Int((abs(self) * 1000).rounded())
        let decimals = String(1000 + thousandths % 1000).dropFirst()
        return "\(self < 0 ? "-" : "")\(thousandths / 1000).\(decimals)"
    }
}

extension Double? {
    /// Three decimals, or nothing.
    var figure: String { self?.figure ?? "" }
}
