import ArgumentParser
import RepriseClient

/// `reprise train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a new version of a model.",
        discussion: """
            The server's defaults apply to options that are not given. Options add members to a JSON \
            request; a member that is given twice is refused.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @Option(
        help: ArgumentHelp(
            """
            Leave rows out of training: a CSV column that is 1 in these rows and 0 in others, the index of \
            such a column of a NumPy array, or for all data their first and last rows, such as [[8,9]].
            """, valueName: "column"))
    var exclude: String?
    @OptionGroup var options: TrainOptions

    func run() throws {
        let content = try input.content(with: options, rowFlags: ["exclude": exclude])
        try server.run("train") { client in
            let progress = TrainingProgress()
            let interruption = Interruption(client)
            defer { progress.end() }
            defer { interruption.waitForExit() }
            let content = try options.history.content(content, for: server)
            let response = try client.train(content, onJob: interruption.arm) { progress.show($0) }
            progress.end()
            print(server.json ? response.printable : report(try response.decoded())[...])
        }
    }

    private func report(_ response: TrainResponse) -> String {
        let kind = response.architecture ?? response.detector
        let features = "\(response.features) feature\(response.features == 1 ? "" : "s")"
        return """
            model       \(response.model), version \(response.version) (\(kind))
            windows     \(response.timesteps) timesteps of \(features)\(names(response))
            parameters  \(response.parameters)
            \(loss(response))
            threshold   \((response.threshold ?? 0).rounded5) (\(response.errorKind)), \(source(response))
            seconds     \(response.seconds.rounded5)
            """ + text(ofWarnings: response.warnings)
    }

    private func loss(_ response: TrainResponse) -> String {
        guard let first = response.history.loss.first else { return "loss        none: fitted in one step" }
        return
            "loss        \(first.rounded5) -> \((response.loss ?? 0).rounded5) in \(response.epochs) epochs"
    }

    private func source(_ response: TrainResponse) -> String {
        response.thresholdSource.map { "learned from the \($0) windows" } ?? "as given"
    }

    private func names(_ response: TrainResponse) -> String {
        response.featureNames.map { ": \($0.joined(separator: ", "))" } ?? ""
    }
}

/// The options of `reprise train` that are sent to the server.
struct TrainOptions: RequestOptions {
    @Option(help: "The model's name.") var model: String?
    @Option(
        help: ArgumentHelp(
            "Continue training from this version of the model: its number, an alias, or latest.",
            valueName: "version"))
    var warmStart: String?
    @OptionGroup(title: "Windows") var windows: WindowOptions
    @Option(help: "What learns: autoencoder (a network), or without a network pca, zscore or kmeans.")
    var detector: String?
    @OptionGroup(title: "Network") var architecture: ArchitectureOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @Option(help: "Seed of all random numbers.") var seed: Int?
    @OptionGroup var history: HistoryOptions
}
