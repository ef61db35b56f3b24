import ArgumentParser
import RepriseClient

/// How a network is trained, and its threshold learned.
struct FitOptions: ParsableArguments {
    @Option(help: "Rows in a window, T; 30 unless the data are windows.") var timesteps: Int?
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
    @Option(help: "What is scored: mse, mae or mahalanobis; without it what is generally best.")
    var errorKind: String?
    @Option(help: "The share of the windows, from the end, that the threshold is learned from alone.")
    var calibrationSplit: Double?
    @OptionGroup var threshold: ThresholdOptions

    private var monitor: String { validationSplit == nil ? "loss" : "val_loss" }

    /// A request without its data.
    func request(_ model: String?, for data: InputData, _ options: DataOptions) -> TrainRequest {
        var request = TrainRequest(model: model)
        request.stride = options.stride
        request.windowing = options.windowing
        request.missing = options.missing
        request.timesteps = data.isRows ? timesteps ?? 30 : timesteps
        request.scaling = scaling
        request.epochs = epochs
        request.batchSize = batchSize
        request.learningRate = learningRate
        request.loss = loss
        request.validationSplit = validationSplit
        request.shuffle = shuffle
        request.clipNorm = clipNorm
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
        request.errorKind = errorKind
        request.calibrationSplit = calibrationSplit
        request.threshold = threshold.threshold
        request.quantile = threshold.quantile
        request.sigmas = threshold.sigmas
        return request
    }
}
