import ArgumentParser
import RepriseClient

/// The training of a network and the learning of its threshold.
struct TrainingOptions: RequestOptions {
    @Option(
        help: "Scale features by this method: robust, standard, minmax or none.",
        completion: .list(["robust", "standard", "minmax", "none"]))
    var scaling: String?
    @Option(
        help: "What is done with windows that contain outliers: exclude or keep.",
        completion: .list(["exclude", "keep"]))
    var outliers: String?
    @Option(
        help: ArgumentHelp(
            "Features of which to learn the changes instead of the values, such as counters.",
            valueName: "a,b,c"))
    var difference: List<String>?
    @Option(help: "Maximum number of passes over the training windows.") var epochs: Int?
    @Option(help: "Windows in a training step.") var batchSize: Int?
    @Option(help: "Learning rate of Adam.") var learningRate: Double?
    @Option(help: "Loss function: mse, mae or huber.", completion: .list(["mse", "mae", "huber"]))
    var loss: String?
    @Option(help: "Share of the windows, from the end, to hold back for validation.")
    var validationSplit: Double?
    @Flag(inversion: .prefixedNo, help: "Present the windows in a new order in each epoch (the default).")
    var shuffle: Bool?
    @Option(help: "Maximum norm of all gradients together.") var clipNorm: Double?
    @OptionGroup var earlyStopping: EarlyStoppingOptions
    @OptionGroup var plateau: PlateauOptions
    @Option(
        help: "Compute errors by this method: mse, mae, mahalanobis or level_spread.",
        completion: .list(["mse", "mae", "mahalanobis", "level_spread"]))
    var errorKind: String?
    @Option(help: "Share of the windows, from the end, to hold back for learning the threshold.")
    var calibrationSplit: Double?
    @OptionGroup var threshold: ThresholdOptions
}

/// Keras' EarlyStopping.
struct EarlyStoppingOptions: RequestOptions {
    static let member: String? = "early_stopping"

    @Option(
        help: ArgumentHelp(
            "Stop after N epochs without improvement.", valueName: "N"))
    var patience: Int?

    @Option(help: "Minimum decrease of the loss that counts as an improvement for early stopping.")
    var minDelta: Double?

    @Option(
        help: "Loss to watch for early stopping: loss or val_loss (the default with --validation-split).",
        completion: .list(["loss", "val_loss"]))
    var monitor: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Keep the weights of the best epoch after early stopping, or those of the last (the default).")
    var restoreBestWeights: Bool?
}

/// Keras' ReduceLROnPlateau.
struct PlateauOptions: RequestOptions {
    static let member: String? = "reduce_lr_on_plateau"

    @Option(
        name: .customLong("reduce-lr-patience"),
        help: ArgumentHelp("Reduce the learning rate after N epochs without improvement.", valueName: "N"))
    var patience: Int?

    @Option(name: .customLong("reduce-lr-factor"), help: "Factor by which the learning rate is reduced.")
    var factor: Double?

    @Option(
        name: .customLong("reduce-lr-min-delta"),
        help: "Minimum decrease of the loss that counts as an improvement for reducing the learning rate.")
    var minDelta: Double?

    @Option(
        name: .customLong("reduce-lr-cooldown"),
        help: "Epochs after a reduction in which epochs without improvement are not counted.")
    var cooldown: Int?

    @Option(name: .customLong("reduce-lr-min-lr"), help: "Minimum learning rate.")
    var minLr: Double?

    @Option(
        name: .customLong("reduce-lr-monitor"),
        help: """
            Loss to watch for reducing the learning rate: loss or val_loss (the default with \
            --validation-split).
            """, completion: .list(["loss", "val_loss"]))
    var monitor: String?
}
