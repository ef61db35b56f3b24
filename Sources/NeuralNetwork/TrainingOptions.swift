/// Options of training. Names and defaults are those of Keras' `fit`, `Adam`, `EarlyStopping` and
/// `ReduceLROnPlateau`.
public struct TrainingOptions: Sendable, Equatable {
    /// Passes over the training windows.
    public var epochs = 100
    /// B, the windows of one step of Adam.
    public var batchSize = 32
    /// Adam's learning rate in the first epoch.
    public var learningRate: Float = 0.001
    /// The loss to minimise.
    public var loss = Loss.meanSquaredError
    /// Share of the windows, taken from the end before shuffling, that is held out to compute `val_loss`.
    public var validationSplit = 0.0
    /// Whether to shuffle the training windows before each epoch.
    public var shuffle = true
    /// When to stop before the last epoch; nil for never.
    public var earlyStopping: EarlyStopping?
    /// When to lower the learning rate; nil for never.
    public var reduceLROnPlateau: ReduceLROnPlateau?
    /// Maximum norm of all gradients together (Keras' `global_clipnorm`); nil for no maximum.
    public var clipNorm: Float?
    /// Seed of initial weights, shuffling and dropout.
    public var seed: UInt64 = 0

    /// Options with Keras' defaults, except for `epochs`: Keras' default is 1.
    public init() {}
}

/// Stops when a loss stops falling (Keras' `EarlyStopping`).
public struct EarlyStopping: Sendable, Equatable {
    /// The loss to monitor.
    public enum Monitor: String, Sendable, CaseIterable {
        /// The loss of the training windows.
        case loss
        /// The loss of the validation windows.
        case validationLoss = "val_loss"
    }

    /// Epochs without improvement after which training stops.
    public var patience = 0
    /// A decrease of the loss by more than this counts as an improvement.
    public var minDelta = 0.0
    /// The loss to monitor.
    public var monitor = Monitor.validationLoss
    /// Whether the result has the weights of the best epoch instead of the last.
    public var restoreBestWeights = false

    /// Options with Keras' defaults.
    public init() {}
}

/// Lowers the learning rate when a loss stops falling (Keras' `ReduceLROnPlateau`). Adam keeps its moments.
public struct ReduceLROnPlateau: Sendable, Equatable {
    /// The loss to monitor.
    public var monitor = EarlyStopping.Monitor.validationLoss
    /// Factor that the rate is multiplied by: greater than 0 and less than 1.
    public var factor = 0.1
    /// Epochs without improvement after which the rate is lowered.
    public var patience = 10
    /// A decrease of the loss by more than this counts as an improvement.
    public var minDelta = 1e-4
    /// Epochs to wait after the rate was lowered. As in Keras, the last of them counts towards the patience.
    public var cooldown = 0
    /// Minimum learning rate.
    public var minLR = 0.0

    /// Options with Keras' defaults.
    public init() {}
}

/// The results of one epoch.
public struct EpochReport: Sendable, Equatable {
    /// The epoch's number, counted from 1.
    public let epoch: Int
    /// Mean loss of the training windows, each batch's computed before its step.
    public let loss: Double
    /// Mean loss of the validation windows after the epoch; nil if there are none.
    public let validationLoss: Double?
    /// Learning rate of the epoch.
    public let learningRate: Float

    /// Restores a report, such as one of a model file.
    public init(epoch: Int, loss: Double, validationLoss: Double?, learningRate: Float) {
        self.epoch = epoch
        self.loss = loss
        self.validationLoss = validationLoss
        self.learningRate = learningRate
    }
}

/// The result of training.
public struct TrainingResult: Sendable {
    /// The trained weights.
    public let weights: Weights
    /// One report for each epoch that ran, in order.
    public let history: [EpochReport]
    /// The epoch that `weights` are from, counted from 1.
    public let epoch: Int
}

/// Why training ended without a model.
public enum TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The loss or a weight became NaN or infinite in this epoch, counted from 1.
    case diverged(epoch: Int)
    /// Windows, network and options do not fit together; the text says why.
    case invalid(String)
    /// The caller cancelled training.
    case cancelled

    /// One line that says what is wrong and what to try.
    public var description: String {
        switch self {
        case .diverged(let epoch):
            "the loss became NaN or infinite in epoch \(epoch); try a lower learning_rate, clip_norm, "
                + "activation: tanh, or scaling: standard if the data is not scaled"
        case .invalid(let detail): detail
        case .cancelled: "training was cancelled"
        }
    }
}

extension TrainingOptions {
    /// Returns the bytes that ``Sequential/fit(_:options:initial:onEpoch:isCancelled:)`` takes in addition to
    /// the windows: layer outputs, gradients, weights and Adam's moments.
    /// - Parameter windows: number of training windows.
    public func trainingByteCount(_ network: Sequential, windows: Int) -> Int {
        TrainingStep.byteCount(network, batchSize: min(batchSize, max(windows, 1)))
    }
}
