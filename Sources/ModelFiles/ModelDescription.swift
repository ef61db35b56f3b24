import DataFormats
import Detection
import NeuralNetwork
import TimeSeries

/// A version of a model without its weights.
public struct ModelDescription: Sendable {
    /// The architecture as it was requested.
    public let architecture: Architecture
    /// The architecture as checked layers, for windows of the model's shape.
    public let network: Sequential
    /// The names of the features, `[F]`; nil if none were given.
    public let featureNames: [String]?
    /// The columns of the training data with their roles; nil for data without names and for older models.
    public internal(set) var columns: [TableColumn]?
    /// What is done with rows before they are scaled.
    public let preparation: Preparation
    /// Converts between the data's units and scaled units.
    public let scaler: Scaler
    /// How the model was fitted.
    public let training: Training
    /// The kind of error that is scored.
    public let errorKind: ErrorKind
    /// The error above which a window is an anomaly; nil for an imported model without one.
    public let threshold: Threshold?
    /// The errors that the threshold was learned from.
    public let errors: ErrorDistribution?
    /// The errors of the calibration rows in the mode `whole`; nil for older and imported models.
    public let rowErrors: RowErrors?
    /// The default scoring, computed once, as its thresholds and tails are no work for each request; nil
    /// without a threshold.
    package let scoring: Scoring?
    /// The errors that the thresholds of the baselines are learned from.
    public let baselineErrors: BaselineErrors?
    /// Where the threshold comes from; nil if it was learned in training.
    public let calibration: Calibration?
    /// Why the threshold was learned again from marked rows; nil if it was not.
    public let feedback: Feedback?
    /// Where the model comes from.
    public let origin: Origin
    /// JSON that the client of the training stores with the model; nil for most models.
    public let note: String?
    /// What the file has that this release does not know.
    package internal(set) var unknown: UnknownMetadata

    /// How a model was fitted.
    public struct Training: Sendable {
        /// The options of `fit`; nil for an imported model and for a detector without a network.
        public var options: TrainingOptions?
        /// The losses of each epoch, in scaled units; empty for an imported model.
        public var history: [EpochReport] = []
        /// The epoch whose weights were kept, counted from 1; 0 without a history.
        public var epoch = 0
        /// Time spent fitting, in seconds.
        public var seconds = 0.0
        /// The version of the same model whose weights training started from; nil for a new model.
        public var warmStart: Int?
        /// What was odd about the data or the fit, such as outliers.
        public var warnings: [Warning] = []

        /// An unknown fit.
        package init() {}

        /// A fit and its results.
        package init(
            options: TrainingOptions?, history: [EpochReport], epoch: Int, seconds: Double, warmStart: Int?,
            warnings: [Warning] = []
        ) {
            self.options = options
            self.history = history
            self.epoch = epoch
            self.seconds = seconds
            self.warmStart = warmStart
            self.warnings = warnings
        }
    }

    /// Where a model comes from.
    public struct Origin: Sendable, Equatable {
        /// When the version was made: RFC 3339, in UTC.
        public var createdAt: String
        /// The software that has made it, such as `reprise 0.2.0`.
        public var software: String
        /// Identifies the windows that it was trained on.
        public var data: DataFingerprint?
        /// The fingerprint of the request that has made it (`IdempotencyKey.fingerprint`); nil for a request
        /// without an Idempotency-Key.
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
        architecture: Architecture, network: Sequential, featureNames: [String]?,
        columns: [TableColumn]? = nil, preparation: Preparation = Preparation(), scaler: Scaler,
        training: Training, errorKind: ErrorKind, threshold: Threshold?, errors: ErrorDistribution?,
        rowErrors: RowErrors?, baselineErrors: BaselineErrors?, calibration: Calibration? = nil,
        feedback: Feedback? = nil, origin: Origin, note: String?, unknown: UnknownMetadata
    ) {
        self.architecture = architecture
        self.network = network
        self.featureNames = featureNames
        self.columns = columns
        self.preparation = preparation
        self.scaler = scaler
        self.training = training
        self.errorKind = errorKind
        self.threshold = threshold
        self.errors = errors
        self.rowErrors = rowErrors
        self.baselineErrors = baselineErrors
        self.calibration = calibration
        self.feedback = feedback
        self.origin = origin
        self.note = note
        self.unknown = unknown
        scoring = Scoring(
            threshold, calibration: errors, rows: rowErrors, timesteps: network.inputShape.timesteps)
    }

    /// The roles of the columns by name: those of the training data, or the features of a model that does not
    /// know more.
    public var columnRoles: [String: ColumnRole] {
        let names = columns?.map { ($0.name, $0.role) } ?? (featureNames ?? []).map { ($0, .feature) }
        return Dictionary(names) { $1 }
    }

    /// T and F of the model's windows.
    public var inputShape: Shape { network.inputShape }

    /// Reasons to doubt the model: what was odd about its training, and what its threshold cannot promise.
    ///
    /// Of the training of a calibrated model, only what is odd about the network still holds.
    public var warnings: [Warning] {
        (calibration.map { $0.warnings + training.warnings.filter { $0.code == .nothingLearned } }
            ?? training.warnings)
            + (scoring?.thresholdWarnings ?? []) + (feedback?.warnings ?? [])
    }

    /// The name of a feature; its index, counted from 0, if it has none.
    public func name(ofFeature feature: Int) -> String { featureNames?[feature] ?? "\(feature)" }

    /// The loss of the epoch whose weights were kept; nil without a history.
    public var loss: Double? {
        training.history.indices.contains(training.epoch - 1)
            ? training.history[training.epoch - 1].loss : nil
    }
}
