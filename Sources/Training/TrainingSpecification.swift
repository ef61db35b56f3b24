import DataFormats
import Detection
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A model to be trained: architecture, scaling, and options. ``PlannedTraining`` checks it and trains it.
public struct TrainingSpecification: Sendable {
    /// The scaling of a training that asks for none.
    public static let defaultScaling = Scaling.robust

    /// The layers.
    public let architecture: Architecture
    /// How inputs are scaled for the network.
    public let scaling: Scaling
    /// The options of `fit`.
    public let options: TrainingOptions
    /// How errors become a threshold.
    public let detection: DetectionOptions
    /// The version whose weights and scaler training starts with; nil for new weights.
    public let base: ModelRegistry.Entry?
    /// What is done with rows that have outliers; by default they are left out with `robust` scaling only.
    public var outliers: OutlierPolicy
    /// Whether warnings of level `error` make the training fail.
    public var isStrict = false
    /// The names of the features, `[F]`; nil if they have none.
    public var featureNames: [String]?
    /// The columns of the data with their roles; nil for data without names.
    public var columns: [TableColumn]?
    /// What was done with the rows before they became windows, and is done again whenever the model is used.
    public var preparation = Preparation()
    /// The rows of the data as they were sent that the rows of the windows are, for warnings.
    public var origins = RowOrigins.same
    /// JSON that is stored with the model.
    public var note: String?
    /// The fingerprint of the request (``IdempotencyKey/fingerprint``), which is stored with the model so
    /// that the request does not make another version. nil for a request without a key.
    public var request: String?

    /// A training that starts with new weights.
    public init(
        architecture: Architecture, scaling: Scaling, options: TrainingOptions,
        detection: DetectionOptions = .init()
    ) {
        self.architecture = architecture
        self.scaling = scaling
        self.options = options
        self.detection = detection
        outliers = .standard(for: scaling)
        base = nil
    }

    /// A training that starts with the weights of a version (warm start). It keeps the version's scaler,
    /// which the weights were fitted to. Adam's moments and the threshold start anew.
    public init(
        warmStart base: ModelRegistry.Entry, options: TrainingOptions, detection: DetectionOptions = .init()
    ) {
        architecture = base.trained.description.architecture
        scaling = base.trained.description.scaler.scaling
        self.options = options
        self.detection = detection
        outliers = .standard(for: scaling)
        self.base = base
    }
}

extension OutlierPolicy {
    /// The policy of a training or calibration that asks for none.
    static func standard(for scaling: Scaling) -> OutlierPolicy { scaling == .robust ? .exclude : .keep }
}

/// The reason that training has made no model.
public enum TrainingFailure: Error, Equatable, Sendable {
    /// The layers do not fit each other or the window.
    case architecture(ArchitectureError)
    /// Fitting has failed or was cancelled.
    case training(TrainingError)
    /// The training exceeds a limit of this server, which the message names.
    case tooLarge(String)
    /// A strict training has ended with these warnings of level `error`.
    case refused([Warning])
    /// The errors of the calibration windows are not finite.
    case errors
    /// A feedback leaves no errors to learn from.
    case emptyCalibration
    /// The windows that feedback adds to a calibration are too many.
    case tooManyJoined
}

extension TrainingFailure: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .architecture(let error): error.detail
        case .training(let error): error.description
        case .tooLarge(let detail): detail
        case .refused(let warnings): warnings.map(\.message).joined(separator: " ")
        case .errors:
            "the errors of the windows are not finite numbers, so that no threshold can be learned from them"
        case .emptyCalibration:
            "the anomalous rows leave no errors that a threshold could be learned from"
        case .tooManyJoined: "feedback has added too many windows to the calibration"
        }
    }
}
