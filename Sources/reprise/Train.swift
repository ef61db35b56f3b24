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
    @Option(help: "Rows in a window, T; 30 unless the data are windows.") var timesteps: Int?
    @OptionGroup var network: ArchitectureOptions
    @Option(help: "standard, minmax or none.") var scaling: String?
    @Option(help: "Passes over the training windows.") var epochs: Int?
    @Option(help: "Windows in a step.") var batchSize: Int?
    @Option(help: "Adam's learning rate.") var learningRate: Double?
    @Option(help: "mse, mae or huber.") var loss: String?
    @Option(help: "The share of the windows that is held back.") var validationSplit: Double?
    @Option(help: "Stop after so many epochs without improvement, and keep the best weights.")
    var patience: Int?
    @Flag(inversion: .prefixedNo, help: "Whether each epoch sees the windows in a new order; it does.")
    var shuffle: Bool?
    @Option(help: "The largest norm of all gradients together.") var clipNorm: Double?
    @Option(help: "Lower the learning rate to a tenth after so many epochs without improvement.")
    var reduceLrPatience: Int?
    @Option(
        help: ArgumentHelp(
            "Go on from a version of the model, with these data: its number, an alias, or latest.",
            valueName: "version"))
    var warmStart: String?
    @Option(help: "Fixes everything that is random.") var seed: Int?

    func run() throws {
        let data = try data.data(["exclude": exclude])
        try data.requireModel(model)
        var request = request
        if data.isRows { request.timesteps = timesteps ?? 30 }
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
            threshold   \((answer.threshold ?? 0).rounded5), learned from the \(answer.thresholdSource ?? "training") windows
            seconds     \(answer.seconds.rounded5)
            """
    }

    private func names(_ answer: TrainAnswer) -> String {
        answer.featureNames.map { ": \($0.joined(separator: ", "))" } ?? ""
    }

    private var monitor: String { validationSplit == nil ? "loss" : "val_loss" }

    private var request: TrainRequest {
        var request = TrainRequest(model: model)
        request.timesteps = timesteps
        request.stride = data.stride
        request.windowing = data.windowing
        request.missing = data.missing
        request.architecture = network.architecture
        request.units = network.units?.numbers
        request.activation = network.activation
        request.recurrentActivation = network.recurrentActivation
        request.scaling = scaling
        request.epochs = epochs
        request.batchSize = batchSize
        request.learningRate = learningRate
        request.loss = loss
        request.validationSplit = validationSplit
        request.shuffle = shuffle
        request.clipNorm = clipNorm
        request.seed = seed
        if let patience {
            request.earlyStopping = .init()
            request.earlyStopping?.patience = patience
            request.earlyStopping?.restoreBestWeights = true
            request.earlyStopping?.monitor = monitor
        }
        if let reduceLrPatience {
            request.reduceLrOnPlateau = .init()
            request.reduceLrOnPlateau?.patience = reduceLrPatience
            request.reduceLrOnPlateau?.monitor = monitor
        }
        request.warmStart = warmStart
        return request
    }
}
