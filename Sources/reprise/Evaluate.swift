import ArgumentParser
import RepriseClient

/// `reprise evaluate`.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluate a model's scores of a labelled series.",
        discussion: """
            The baselines beside the model are a z-score and principal components, learned from all windows \
            of its training data. With --json the response also has the curve of precision and \
            recall.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var labels: LabelOptions
    @OptionGroup var options: EvaluateOptions

    func run() throws {
        let content = try input.content(with: options, rowFlags: ["labels": labels.labels])
        try server.post("evaluate", content, report: report)
    }

    /// A model with a smaller AUC is hardly better than chance, whatever its threshold.
    private static let minAUC = 0.6

    /// The best threshold, and how it is applied.
    private func best(_ response: EvaluationResponse) -> String {
        guard let threshold = response.bestThreshold, let best = response.best,
            response.rocAuc ?? 0 >= Self.minAUC
        else { return "" }
        return "\nThe model has the highest F1 on these labels, \(best.f1.rounded3), with the threshold "
            + "\(threshold), which flags \(best.falseAlarmRate.rounded3) of the normal rows. Apply it with "
            + "\((["--threshold \(threshold)"] + options.detection.rowOptions).joined(separator: " ")) to "
            + "reprise score."
    }

    private func report(_ response: EvaluationResponse) -> String {
        var detectors = [("model", response.evaluation)]
        // The model in the mode that was not asked for.
        if let other = response.modes.first(where: { $0.key != response.mode }) {
            detectors.append(("model, \(other.key)", other.value))
        }
        if let baselines = response.baselines {
            detectors += [("pca", baselines.pca), ("z_score", baselines.zScore)]
        }
        let rows = detectors.map { name, evaluation in
            let atThreshold = evaluation.atThreshold
            return [
                name, evaluation.rocAuc.rounded3, evaluation.averagePrecision.rounded3,
                (evaluation.best?.f1).rounded3, atThreshold.f1.rounded3, atThreshold.falseAlarmRate.rounded3,
                atThreshold.missedAlarmRate.rounded3,
                "\(evaluation.events.detected) of \(evaluation.events.labelled)",
                "\(evaluation.events.falseAlarms)",
            ]
        }
        let header = [
            "detector", "AUC", "AP", "best F1", "F1", "false alarms", "missed", "stretches found",
            "false events",
        ]
        let title =
            "\(response.rows) rows, \(response.anomalies) of them anomalies (mode \(response.mode))"
        return "\(title)\n\(Table(header, rows))" + best(response) + text(ofWarnings: response.warnings)
            + "\n\(response.verdict.sentence)"
    }
}

/// The options of `reprise evaluate` that are sent to the server.
struct EvaluateOptions: RequestOptions {
    @OptionGroup var prediction: PredictionOptions
    @Option(
        help: ArgumentHelp(
            "Evaluate each row by the label N rows later, to measure how early anomalies are detected.",
            valueName: "N"))
    var labelShift: Int?
    @OptionGroup(title: "Detection") var detection: DetectionOptions
}
