import ArgumentParser
import RepriseClient

/// `reprise compare`.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Train an autoencoder and a stacked network on the same data, and compare how well they detect.",
        discussion: """
            Both networks are trained on the first rows, once for each seed, and evaluated on the other \
            rows (of few rows, on all of them), beside a z-score and principal components. They are \
            stored as models named MODEL-autoencoder and MODEL-stacked.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var labels: LabelOptions
    @OptionGroup var options: CompareOptions

    func run() throws {
        let content = try input.content(with: options, rowFlags: ["labels": labels.labels])
        try server.post("compare", content, report: report)
    }

    private func report(_ response: CompareResponse) -> String {
        let rows = response.detectors.map { detector in
            [
                detector.detector, detector.error.rounded3, detector.rocAuc.rounded3,
                detector.averagePrecision.rounded3, detector.bestF1.rounded3, detector.f1.rounded3,
                detector.falseAlarmRate.rounded3, detector.parameters.map { "\($0)" } ?? "",
                detector.seconds.rounded3,
            ]
        }
        let header = [
            "detector", "error", "AUC", "AP", "best F1", "F1", "false alarms", "parameters", "seconds",
        ]
        return "\(Table(header, rows))" + text(ofWarnings: response.warnings)
            + response.detectors.map(warnings).joined() + "\n\(response.verdict.sentence)"
    }

    /// The warnings of a network's trainings, each once.
    private func warnings(of detector: CompareResponse.Detector) -> String {
        var seen: Set<String> = []
        return (detector.runs ?? []).flatMap(\.warnings).filter { seen.insert($0.message).inserted }
            .map { "\n\($0.level), \(detector.detector): \($0.message)" }.joined()
    }
}

/// The options of `reprise compare` that are sent to the server.
struct CompareOptions: RequestOptions {
    @Option(help: "Prefix of the models' names.") var model: String?
    @Option(
        help: "Share of the rows, from the end, to evaluate (default 0.5; 0, all rows, if they are few).")
    var testSplit: Double?
    @Option(help: "One seed, in place of --seeds.") var seed: Int?
    @Option(
        help: ArgumentHelp("Train each network once for each of these seeds (default 0).", valueName: "0,1,2")
    )
    var seeds: List<Int>?
    @OptionGroup(title: "Windows") var windows: WindowOptions
    @OptionGroup(title: "Network") var lstm: LSTMOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
}

/// The rows that are anomalies.
struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The anomalies: a CSV column that is 1 in anomalous rows and 0 in others, the index of such a \
            column of a NumPy array, or for all data their first and last rows, such as [[8,9]].
            """, valueName: "column"))
    var labels: String?
}
