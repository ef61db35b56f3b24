import ArgumentParser
import RepriseClient

/// `reprise compare`.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Train an autoencoder and a stacked network on the same data, and show which detects better.",
        discussion:
            "Both are trained on the first rows, with each of the seeds, and judged by the others, beside a z-score and "
            + "principal components. They stay as models named MODEL-autoencoder and MODEL-stacked.")

    @OptionGroup var server: ServerOptions
    @Option(help: "What the names of the models begin with.") var model: String?
    @OptionGroup var data: DataOptions
    @Option(
        help: ArgumentHelp(
            "The column that is 1 in rows that are anomalies, and 0 in others.", valueName: "column"))
    var labels: String?
    @Option(help: "The share of the rows, from the end, that is judged; 0.5 is the default.") var testSplit:
        Double?
    @Option(help: ArgumentHelp("A run for each; 0 is the default.", valueName: "0,1,2")) var seeds:
        ArchitectureOptions.Units?
    @Option(help: ArgumentHelp("Units of the encoder's LSTMs.", valueName: "64,32"))
    var units: ArchitectureOptions.Units?
    @Option(help: "tanh, relu, sigmoid or linear.") var activation: String?
    @OptionGroup var fit: FitOptions

    func run() throws {
        let data = try data.data(["labels": labels])
        try data.requireModel(model)
        var request = fit.request(model, for: data, self.data)
        request.units = units?.numbers
        request.activation = activation
        var options = JSONObject(try RepriseClient.json(request))
        if let testSplit {
            options = JSONObject(options.adding("test_split", try RepriseClient.json(testSplit)))
        }
        let document =
            if let seeds { options.adding("seeds", try RepriseClient.json(seeds.numbers)) } else {
                options.text
            }
        try server.post("/compare", data.request(document), report: report)
    }

    private func report(_ answer: CompareAnswer) -> String {
        let rows = answer.detectors.map { detector in
            [
                detector.detector, detector.error.figure, detector.rocAuc.figure,
                detector.averagePrecision.figure, detector.bestF1.figure, detector.f1.figure,
                detector.falseAlarmRate.figure, detector.parameters.map { "\($0)" } ?? "",
                detector.seconds.figure,
            ]
        }
        let header = [
            "detector", "error", "AUC", "AP", "best F1", "F1", "false alarms", "parameters", "seconds",
        ]
        return "\(Table(header, rows))"
    }
}
