/// A version of a model, as `GET /models/{model}/versions/{version}` describes it.
public struct ModelVersion: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The version's number, from 1.
    public let version: Int
    /// `autoencoder`, `stacked` or `layers`; nil for a detector without a network.
    public let architecture: String?
    /// `network`, or the detector without one: `pca`, `zscore` or `kmeans`.
    public let detector: String
    /// T, the number of timesteps in a window.
    public let timesteps: Int
    /// F, the number of features.
    public let features: Int
    /// Names of the features, `[F]`; nil if the training data had none.
    public let featureNames: [String]?
    /// Z, the number of units of the encoding; nil for a model without an encoding.
    public let encodingUnits: Int?
    /// The number of weights.
    public let parameters: Int
    /// `standard`, `minmax` or `none`.
    public let scaling: String
    /// The number of epochs that training ran.
    public let epochs: Int
    /// The training loss, in scaled units, of the epoch whose weights were kept; nil for an imported model.
    public let loss: Double?
    /// `mse`, `mae`, `mahalanobis` or `level_spread`.
    public let errorKind: String
    /// The error above which a window is an anomaly; nil for an imported model without a threshold.
    public let threshold: Double?
    /// The windows that the threshold was learned from: `calibration`, `validation` or `training`; nil if the
    /// request set it.
    public let thresholdSource: String?
    /// The mode in which rows are scored by default, `causal` or `whole`; nil without a threshold.
    public let mode: String?
    /// The error of a row that has the score 1 in that mode; nil without a threshold.
    public let rowThreshold: Double?
    /// The duration of training.
    public let seconds: Double
    /// The time at which the version was made, as in RFC 3339.
    public let createdAt: String
    /// Where the threshold comes from; nil if it was learned in training.
    public let calibration: Calibration?

    /// A calibration of a version.
    public struct Calibration: Decodable, Sendable {
        /// The version that was calibrated.
        public let version: Int
        /// The number of rows in the windows.
        public let rows: Int
        /// The number of windows.
        public let windows: Int
        /// The time as in RFC 3339.
        public let at: String
    }
    /// Why the threshold was learned again from marked rows; nil if it was not.
    public let feedback: Feedback?

    /// Rows that were marked as normal or as anomalous.
    public struct Feedback: Decodable, Sendable {
        /// The version that the feedback was about.
        public let version: Int
        /// The time as in RFC 3339.
        public let at: String
        /// The number of windows whose errors joined the calibration.
        public let normalWindows: Int
        /// The number of normal windows that an earlier feedback had added.
        public let knownWindows: Int
        /// The number of windows that have an anomalous row.
        public let anomalousWindows: Int
        /// How many of these windows, whose errors were in the calibration, left it.
        public let removedWindows: Int
    }
}

/// The response of `POST /train`, of a calibration and of feedback.
@dynamicMemberLookup
public struct TrainResponse: Decodable, Sendable {
    /// The loss of each epoch, in scaled units.
    public struct History: Decodable, Sendable {
        /// The loss of the training windows.
        public let loss: [Double]
        /// The loss of the validation windows; empty without a validation split.
        public let valLoss: [Double]
    }

    /// The new version.
    public let trained: ModelVersion
    /// The losses; empty if the request has left them out.
    public let history: History
    /// Reasons not to rely on the threshold.
    public let warnings: [ServerWarning]

    private enum Key: CodingKey { case history, warnings }

    /// Decodes an object that holds the members of the version beside `history` and `warnings`.
    public init(from decoder: any Decoder) throws {
        trained = try ModelVersion(from: decoder)
        let own = try decoder.container(keyedBy: Key.self)
        history = try own.decodeIfPresent(History.self, forKey: .history) ?? History(loss: [], valLoss: [])
        warnings = try own.decode([ServerWarning].self, forKey: .warnings)
    }

    /// A property of the new version.
    public subscript<Value>(dynamicMember member: KeyPath<ModelVersion, Value>) -> Value {
        trained[keyPath: member]
    }
}

/// A `progress` event of a training job.
public struct TrainProgress: Decodable, Sendable {
    /// The number of epochs that have ended.
    public let epoch: Int
    /// The maximum number of epochs.
    public let epochs: Int
    /// The training loss of the last epoch, in scaled units.
    public let loss: Double?
    /// The validation loss of the last epoch, in scaled units; nil without a validation split.
    public let valLoss: Double?
    /// Seconds since the start of training.
    public let seconds: Double
    /// The mean duration of an epoch.
    public let secondsPerEpoch: Double?
    /// The remaining seconds if all other epochs take as long as the mean.
    public let secondsLeft: Double?
}
