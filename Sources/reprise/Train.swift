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
    @Flag(
        help: """
            Return as soon as the server has queued the training, and print the job. reprise jobs follows it \
            or cancels it.
            """)
    var detach = false
    @OptionGroup var options: TrainOptions

    func run() throws {
        let content = try input.content(with: options, rowFlags: ["exclude": exclude])
        try server.run("train") { client in
            guard !detach else { return try start(content, client) }
            let progress = TrainingProgress()
            let interruption = Interruption()
            defer { progress.end() }
            defer { interruption.waitForExit() }
            let response = try client.train(
                options.history.content(content, for: server),
                onJob: { id in interruption.arm { _ = try? client.cancel(job: id) } },
                onProgress: progress.show)
            progress.end()
            let report = TrainReport(try response.decoded())
            server.show(response, report: report.text)
        }
    }

    private func start(_ content: RequestContent, _ client: RepriseClient) throws {
        let response = try client.start(content)
        let job: Job = try response.decoded()
        server.show(response, report: job.id)
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
    @Option(
        help: "What learns: autoencoder (a network), or without a network pca, zscore or kmeans.",
        completion: .list(["autoencoder", "pca", "zscore", "kmeans"]))
    var detector: String?
    @OptionGroup(title: "Network") var architecture: ArchitectureOptions
    @OptionGroup(title: "Training") var training: TrainingOptions
    @Option(help: "Seed of all random numbers.") var seed: Int?
    @OptionGroup var history: HistoryOptions
}
