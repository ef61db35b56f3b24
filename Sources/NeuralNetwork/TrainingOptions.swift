/// How to train. Names and defaults are those of Keras' `fit`, `Adam`, `EarlyStopping` and `ReduceLROnPlateau`.
public struct TrainingOptions: Sendable, Equatable {
    /// Passes over the training windows.
    public var epochs = 100
    /// Windows in a step of Adam, B.
    public var batchSize = 32
    /// Adam's learning rate, that of the first epoch.
    public var learningRate: Float = 0.001
    /// What is minimised.
    public var loss = Loss.meanSquaredError
    /// The share of the windows, taken from the end before shuffling, that is held back to compute
    /// `val_loss`.
    public var validationSplit = 0.0
    /// Whether each epoch sees the training windows in a new order.
    public var shuffle = true
    /// When to stop before the last epoch.
    public var earlyStopping: EarlyStopping?
    /// When to lower the learning rate.
    public var reduceLROnPlateau: ReduceLROnPlateau?
    /// The largest norm of all gradients together; Keras' `global_clipnorm`.
    public var clipNorm: Float?
    /// Fixes initial weights, order and dropout.
    public var seed: UInt64 = 0

    /// Keras' defaults, except for the number of epochs, which Keras leaves to the caller.
    public init() {}
}

/// Stops when a loss stops falling (Keras' `EarlyStopping`).
public struct EarlyStopping: Sendable, Equatable {
    /// The loss to watch.
    public enum Monitor: String, Sendable, CaseIterable {
        /// The training windows'.
        case loss
        /// The validation windows'.
        case validationLoss = "val_loss"
    }

    /// Epochs without improvement after which training stops.
    public var patience = 0
    /// What counts as an improvement: to fall by more than this.
    public var minDelta = 0.0
    /// The loss to watch.
    public var monitor = Monitor.validationLoss
    /// Whether the weights of the best epoch are kept instead of the last.
    public var restoreBestWeights = false

    /// Keras' defaults.
    public init() {}
}

/// Lowers the learning rate when a loss stops falling (Keras' `ReduceLROnPlateau`). Adam keeps its moments.
public struct ReduceLROnPlateau: Sendable, Equatable {
    /// The loss to watch.
    public var monitor = EarlyStopping.Monitor.validationLoss
    /// What the rate is multiplied by: more than 0, less than 1.
    public var factor = 0.1
    /// Epochs without improvement after which the rate is lowered.
    public var patience = 10
    /// What counts as an improvement: to fall by more than this.
    public var minDelta = 1e-4
    /// Epochs to wait after a lowering; as in Keras, the last of them counts towards the patience again.
    public var cooldown = 0
    /// The rate is never lowered below this.
    public var minLR = 0.0

    /// Keras' defaults.
    public init() {}
}

/// What one epoch came to.
public struct EpochReport: Sendable, Equatable {
    /// Counted from 1.
    public let epoch: Int
    /// The mean over the epoch's batches, each before its step.
    public let loss: Double
    /// The mean over the validation windows after the epoch; nil without any.
    public let validationLoss: Double?
    /// The learning rate that the epoch ran with.
    public let learningRate: Float

    /// What an epoch had.
    public init(epoch: Int, loss: Double, validationLoss: Double?, learningRate: Float) {
        self.epoch = epoch
        self.loss = loss
        self.validationLoss = validationLoss
        self.learningRate = learningRate
    }
}

/// What training leaves.
public struct TrainingResult: Sendable {
    /// The trained weights.
    public let weights: Weights
    /// A report for each epoch that ran.
    public let history: [EpochReport]
    /// The epoch whose weights these are, counted from 1.
    public let epoch: Int
}

/// Why training ended without a model.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The loss or a weight became NaN or infinite in this epoch, counted from 1.
    case diverged(epoch: Int)
    /// There is nothing to train or validate on, or the options contradict each other.
    case invalid(String)
    /// It was told to stop.
    case cancelled

    /// One line with a hint.
    public var description: String {
        switch self {
        case .diverged(let epoch):
            "the loss became NaN or infinite in epoch \(epoch); try a lower learning_rate, clip_norm, activation: tanh, "
                + "or scaling: standard if the data are not scaled"
        case .invalid(let detail): detail
        case .cancelled: "training was cancelled"
        }
    }
}

extension TrainingOptions {
    /// Bytes that `fit` takes beside the windows: activations, gradients, weights and Adam's moments.
    public func trainingByteCount(_ network: Sequential, windows: Int) -> Int {
        TrainingStep.byteCount(network, batchSize: min(batchSize, max(windows, 1)))
    }
}
