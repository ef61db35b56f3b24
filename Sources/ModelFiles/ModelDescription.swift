import Detection
import NeuralNetwork
import TimeSeries

/// What is known of a version of a model beside its weights.
public struct ModelDescription: Sendable {
    /// The kind of network that was asked for.
    public let architecture: Architecture
    /// The same as checked layers, for the windows of its shape.
    public let network: Sequential
    /// What the features are called, `[F]`; nil if nobody has said.
    public let featureNames: [String]?
    /// Between the data's units and scaled units.
    public let scaler: Scaler
    /// How it was fitted.
    public let training: Training
    /// Which error is scored.
    public let errorKind: ErrorKind
    /// The error above which a window is an anomaly; nil for a model from elsewhere that has none.
    public let threshold: Threshold?
    /// What the threshold was learned from.
    public let errors: ErrorDistribution?
    /// What thresholds of the baselines are learned from.
    public let baselineErrors: BaselineErrors?
    /// Where it comes from.
    public let origin: Origin
    /// What whoever had it trained keeps with it, as JSON; nil for most.
    public let note: String?

    /// How a model was fitted.
    public struct Training: Sendable {
        /// nil for a model from elsewhere.
        public var options: TrainingOptions?
        /// The losses of each epoch, in scaled units.
        public var history: [EpochReport] = []
        /// The epoch whose weights were kept, counted from 1; 0 without a history.
        public var epoch = 0
        /// Time spent fitting, in seconds.
        public var seconds = 0.0
        /// The version of the same model that training went on from; nil for one that was trained from the start.
        public var warmStart: Int?

        /// Nothing is known of how a model was fitted.
        package init() {}

        /// A fit and its results.
        package init(
            options: TrainingOptions, history: [EpochReport], epoch: Int, seconds: Double, warmStart: Int?
        ) {
            self.options = options
            self.history = history
            self.epoch = epoch
            self.seconds = seconds
            self.warmStart = warmStart
        }
    }

    /// Where a model comes from.
    public struct Origin: Sendable, Equatable {
        /// When it was made: RFC 3339, in UTC.
        public var createdAt: String
        /// What has made it, such as `reprise 0.1.0`.
        public var software: String
        /// SHA-256 of the windows that it was trained on, in hexadecimal, and how many there were.
        public var data: DataFingerprint?
        /// What the request is marked with that has made it, if that may come twice (``TrainingJobs/Repeatable``).
        public var request: String?

        /// An origin from its parts.
        package init(createdAt: String, software: String, data: DataFingerprint?, request: String?) {
            self.createdAt = createdAt
            self.software = software
            self.data = data
            self.request = request
        }
    }

    /// A description from its parts.
    package init(
        architecture: Architecture, network: Sequential, featureNames: [String]?, scaler: Scaler,
        training: Training, errorKind: ErrorKind, threshold: Threshold?, errors: ErrorDistribution?,
        baselineErrors: BaselineErrors?, origin: Origin, note: String?
    ) {
        self.architecture = architecture
        self.network = network
        self.featureNames = featureNames
        self.scaler = scaler
        self.training = training
        self.errorKind = errorKind
        self.threshold = threshold
        self.errors = errors
        self.baselineErrors = baselineErrors
        self.origin = origin
        self.note = note
    }

    /// T and F of its windows.
    public var inputShape: Shape { network.inputShape }

    /// The loss of the epoch whose weights were kept; nil without a history.
    public var loss: Double? {
        training.history.indices.contains(training.epoch - 1)
            ? training.history[training.epoch - 1].loss : nil
    }
}
