import ArgumentParser
import RepriseClient

/// `reprise train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a new version of a model.",
        discussion: "What is not given is left to the server's defaults. Options add to a JSON request.")

    @OptionGroup var server: ServerOptions
    @Option(help: "The model's name.") var model: String?
    @OptionGroup var data: DataOptions
    @Option(
        help: ArgumentHelp(
            "The column that is 1 in rows to leave out of training, and 0 in others.", valueName: "column"))
    var exclude: String?
    @OptionGroup var network: ArchitectureOptions
    @OptionGroup var fit: FitOptions
    @Option(
        help: ArgumentHelp(
            "Go on from a version of the model, with these data: its number, an alias, or latest.",
            valueName: "version"))
    var warmStart: String?
    @Option(help: "Fixes everything that is random.") var seed: Int?

    func run() throws {
        let data = try data.data(["exclude": exclude])
        try data.requireModel(model)
        var request = fit.request(model, for: data, self.data)
        request.architecture = network.architecture
        request.units = network.units?.numbers
        request.activation = network.activation
        request.recurrentActivation = network.recurrentActivation
        request.warmStart = warmStart
        request.seed = seed
        let options = try network.addingLayers(to: RepriseClient.json(request))
        let client = try server.client()
        let progress = TrainingProgress()
        let interruption = Interruption(client)
        defer { progress.end() }
        defer { interruption.keepSilent() }
        let answer = try client.train(data.request(options), onJob: interruption.arm) { progress.show($0) }
        progress.end()
        print(server.json ? answer.text : report(try answer.decoded()))
    }

    private func report(_ answer: TrainAnswer) -> String {
        let (first, last) = (answer.history.loss.first ?? 0, answer.loss ?? 0)
        return """
            model       \(answer.model), version \(answer.version) (\(answer.architecture))
            windows     \(answer.timesteps) timesteps of \(answer.features) feature\(answer.features == 1 ? "" : "s")\(names(answer))
            parameters  \(answer.parameters)
            loss        \(first.rounded5) -> \(last.rounded5) in \(answer.epochs) epochs
            threshold   \((answer.threshold ?? 0).rounded5) (\(answer.errorKind)), \(source(answer))
            seconds     \(answer.seconds.rounded5)
            """ + text(ofWarnings: answer.warnings)
    }

    private func source(_ answer: TrainAnswer) -> String {
        answer.thresholdSource.map { "learned from the \($0) windows" } ?? "as given"
    }

    private func names(_ answer: TrainAnswer) -> String {
        answer.featureNames.map { ": \($0.joined(separator: ", "))" } ?? ""
    }
}
