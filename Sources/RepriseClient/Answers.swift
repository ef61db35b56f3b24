/// What the server tells of a version of a model: `GET /models/{model}/versions/{version}`.
public struct ModelVersion: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// Counted from 1.
    public let version: Int
    /// `autoencoder`, `stacked` or `layers`.
    public let architecture: String
    /// T.
    public let timesteps: Int
    /// F.
    public let features: Int
    /// What the features are called; nil if nobody has said.
    public let featureNames: [String]?
    /// Z; nil for a model without an encoding.
    public let encodingUnits: Int?
    /// The numbers that were learned.
    public let parameters: Int
    /// `standard`, `minmax` or `none`.
    public let scaling: String
    /// Epochs that ran.
    public let epochs: Int
    /// The training loss, in scaled units, of the epoch whose weights were kept; nil for a model from elsewhere.
    public let loss: Double?
    /// `mse`, `mae` or `mahalanobis`.
    public let errorKind: String
    /// The error above which a window is an anomaly; nil for a model from elsewhere that has none.
    public let threshold: Double?
    /// `calibration`, `validation` or `training`: the windows that the threshold was learned from; nil if it was given.
    public let thresholdSource: String?
    /// Time spent fitting.
    public let seconds: Double
}

/// What `POST /train` answers.
@dynamicMemberLookup
public struct TrainAnswer: Decodable, Sendable {
    /// The losses of each epoch, in scaled units.
    public struct History: Decodable, Sendable {
        /// The training windows'.
        public let loss: [Double]
        /// The validation windows'; empty without any.
        public let valLoss: [Double]
    }

    /// The new version.
    public let trained: ModelVersion
    /// The losses.
    public let history: History
    /// What whoever relies on the threshold should read.
    public let warnings: [String]

    private enum Key: CodingKey { case history, warnings }

    /// Reads both out of one object.
    public init(from decoder: any Decoder) throws {
        trained = try ModelVersion(from: decoder)
        let own = try decoder.container(keyedBy: Key.self)
        history = try own.decode(History.self, forKey: .history)
        warnings = try own.decode([String].self, forKey: .warnings)
    }

    /// What there is to tell of the new version.
    public subscript<Value>(dynamicMember member: KeyPath<ModelVersion, Value>) -> Value {
        trained[keyPath: member]
    }
}

/// How far a training is: what its `progress` events tell.
public struct TrainProgress: Decodable, Sendable {
    /// Epochs that are done.
    public let epoch: Int
    /// Epochs that were asked for.
    public let epochs: Int
    /// The last epoch's.
    public let loss: Double?
    /// The last epoch's; nil without a validation split.
    public let valLoss: Double?
    /// Seconds that it has been running.
    public let seconds: Double
    /// The mean so far.
    public let secondsPerEpoch: Double?
    /// If all epochs take as long as those so far.
    public let secondsLeft: Double?
}

/// What `POST /reconstruct` answers.
public struct ReconstructAnswer: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The version that answered.
    public let version: Int
    /// What the features of the reconstructions are called; nil if the model's have no names.
    public let featureNames: [String]?
    /// `[N][T][F]` in the data's units.
    public let reconstructions: [[[Float]]]
    /// The mean squared error of each window in the data's units.
    public let errors: [Float]
    /// The mean squared error of each window in scaled units.
    public let scaledErrors: [Float]
}

/// What `POST /score` answers. Parts that were not asked for are nil.
public struct ScoreAnswer: Decodable, Sendable {
    /// A window.
    public struct Window: Decodable, Sendable {
        /// The mean squared error in scaled units.
        public let error: Float
        /// The error divided by the threshold.
        public let score: Float
        /// Whether the score is above 1.
        public let isAnomaly: Bool
        /// When its last row was measured; nil unless the request says it.
        public let timestamp: Timestamp?
        /// The score of each timestep.
        public let timesteps: [Float]?
        /// The share of each feature, the largest first.
        public let features: [Share]?
    }

    /// What a feature has of an error.
    public struct Share: Decodable, Sendable {
        /// Its position among the model's features, from 0.
        public let feature: Int
        /// What it is called; nil if the model's features have no names.
        public let name: String?
        /// 0 to 1.
        public let share: Float
    }

    /// The rows of a series.
    public struct Rows: Decodable, Sendable {
        /// nil for rows without one.
        public let scores: [Float?]
        /// When each row was measured; nil unless the request says it.
        public let timestamps: [Timestamp]?
    }

    /// A stretch of rows that are anomalies, counted from 0.
    public struct Event: Decodable, Sendable {
        /// Its first row.
        public let firstRow: Int
        /// Its last.
        public let lastRow: Int
        /// How many rows.
        public let duration: Int
        /// The row with the highest score.
        public let peakRow: Int
        /// That score.
        public let peakScore: Float
        /// When its first row was measured; nil unless the request says it.
        public let firstTimestamp: Timestamp?
        /// When its last row was.
        public let lastTimestamp: Timestamp?
        /// When the row with the highest score was.
        public let peakTimestamp: Timestamp?
        /// The share of each feature, the largest first.
        public let features: [Share]
    }

    /// The model's name.
    public let model: String
    /// The version that answered.
    public let version: Int
    /// The error that has the score 1.
    public let threshold: Float
    /// The windows.
    public let windows: [Window]?
    /// The rows.
    public let rows: Rows?
    /// The events, in order.
    public let events: [Event]?
    /// What whoever relies on the scores should read.
    public let warnings: [String]
}

/// What `POST /encode` answers.
public struct EncodeAnswer: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The version that answered.
    public let version: Int
    /// `[N][Z]`.
    public let encodings: [[Float]]
}

/// What `GET /summary` and `POST /summary` answer.
public struct SummaryAnswer: Decodable, Sendable {
    /// A row of the table.
    public struct Row: Decodable, Sendable {
        /// The name that Keras gives the layer.
        public let name: String
        /// Such as `LSTM`.
        public let type: String
        /// nil stands for the number of windows.
        public let outputShape: [Int?]
        /// The numbers that are learned.
        public let parameters: Int
    }

    /// The model's name; nil for an architecture that is not trained.
    public let model: String?
    /// From input to output.
    public let layers: [Row]
    /// Of all layers.
    public let parameters: Int
    /// Of all layers.
    public let trainableParameters: Int
}
