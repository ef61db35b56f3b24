/// What `POST /train` takes. Data come as exactly one of ``series``, ``recordings`` and ``windows``. Members that are nil are left
/// out, and the server's defaults hold; openapi.yaml says which.
public struct TrainRequest: Encodable, Sendable {
    /// The model's name.
    public var model: String?
    /// `[rows][F]`, cut into windows of ``timesteps``; nil is a missing value.
    public var series: [[Float?]]?
    /// `[N][T][F]`; nil is a missing value.
    public var windows: [[[Float?]]]?
    /// Several series: no window spans two.
    public var recordings: [[[Float?]]]?
    /// What the features are called, `[F]`.
    public var featureNames: [String]?
    /// When each row was measured.
    public var timestamps: [Timestamp]?
    /// The first and the last row of each stretch to leave out of training.
    public var exclude: [[Int]]?
    /// T.
    public var timesteps: Int?
    /// Rows from one window to the next.
    public var stride: Int?
    /// `sliding` or `temporalize`.
    public var windowing: String?
    /// `error`, `previous`, `linear` or `zero`.
    public var missing: String?
    /// `autoencoder`, `stacked` or `layers`.
    public var architecture: String?
    /// Units of the encoder's LSTMs.
    public var units: [Int]?
    /// `tanh`, `relu`, `sigmoid` or `linear`.
    public var activation: String?
    /// `sigmoid` or `hard_sigmoid`.
    public var recurrentActivation: String?
    /// The network layer by layer.
    public var layers: [Layer]?
    /// `standard`, `minmax` or `none`.
    public var scaling: String?
    /// Passes over the training windows.
    public var epochs: Int?
    /// Windows in a step.
    public var batchSize: Int?
    /// Adam's learning rate.
    public var learningRate: Double?
    /// `mse`, `mae` or `huber`.
    public var loss: String?
    /// The share of the windows, taken from the end, that is held back.
    public var validationSplit: Double?
    /// Whether each epoch sees the windows in a new order.
    public var shuffle: Bool?
    /// When to stop before the last epoch.
    public var earlyStopping: EarlyStopping?
    /// When to lower the learning rate.
    public var reduceLrOnPlateau: ReduceLROnPlateau?
    /// The version of the model to go on from: its number, an alias, or `latest`.
    public var warmStart: String?
    /// The largest norm of all gradients together.
    public var clipNorm: Double?
    /// Fixes everything that is random.
    public var seed: Int?
    /// `mse`, `mae` or `mahalanobis`.
    public var errorKind: String?
    /// The share of the windows, from the end, that the threshold is learned from alone.
    public var calibrationSplit: Double?
    /// The error that has the score 1.
    public var threshold: Double?
    /// The same as a quantile of the calibration windows' errors.
    public var quantile: Double?
    /// The same as so many standard deviations above their mean.
    public var sigmas: Double?

    /// As Keras' EarlyStopping, with its defaults for what is nil.
    public struct EarlyStopping: Encodable, Sendable {
        /// Epochs without improvement after which training stops.
        public var patience: Int?
        /// The least change that counts as an improvement.
        public var minDelta: Double?
        /// `loss` or `val_loss`.
        public var monitor: String?
        /// Whether the weights of the best epoch are kept.
        public var restoreBestWeights: Bool?

        /// All of Keras' defaults.
        public init() {}
    }

    /// As Keras' ReduceLROnPlateau, with its defaults for what is nil.
    public struct ReduceLROnPlateau: Encodable, Sendable {
        /// `loss` or `val_loss`.
        public var monitor: String?
        /// What the rate is multiplied by.
        public var factor: Double?
        /// Epochs without improvement after which it is.
        public var patience: Int?
        /// The least change that counts as an improvement.
        public var minDelta: Double?
        /// Epochs after that in which nothing is counted.
        public var cooldown: Int?
        /// The rate does not fall below this.
        public var minLr: Double?

        /// All of Keras' defaults.
        public init() {}
    }

    /// A request without data yet.
    public init(model: String? = nil) { self.model = model }
}

/// A layer of Keras with Keras' options; those that are nil have Keras' defaults.
public indirect enum Layer: Encodable, Sendable {
    /// `LSTM`
    case lstm(
        units: Int, activation: String? = nil, recurrentActivation: String? = nil,
        returnSequences: Bool? = nil)
    /// `Bidirectional` around an ``lstm(units:activation:recurrentActivation:returnSequences:)``, outputs concatenated.
    case bidirectional(Layer)
    /// `RepeatVector`
    case repeatVector(Int)
    /// `TimeDistributed` around a ``dense(units:activation:)``.
    case timeDistributed(Layer)
    /// `Dense`
    case dense(units: Int, activation: String? = nil)
    /// `Dropout`
    case dropout(rate: Double)

    private enum Key: String, CodingKey {
        case type, units, activation, recurrentActivation, returnSequences, layer, n, rate
    }

    /// Writes `type` and the options.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        switch self {
        case .lstm(let units, let activation, let recurrentActivation, let returnSequences):
            try members.encode("LSTM", forKey: .type)
            try members.encode(units, forKey: .units)
            try members.encodeIfPresent(activation, forKey: .activation)
            try members.encodeIfPresent(recurrentActivation, forKey: .recurrentActivation)
            try members.encodeIfPresent(returnSequences, forKey: .returnSequences)
        case .bidirectional(let layer):
            try members.encode("Bidirectional", forKey: .type)
            try members.encode(layer, forKey: .layer)
        case .repeatVector(let n):
            try members.encode("RepeatVector", forKey: .type)
            try members.encode(n, forKey: .n)
        case .timeDistributed(let layer):
            try members.encode("TimeDistributed", forKey: .type)
            try members.encode(layer, forKey: .layer)
        case .dense(let units, let activation):
            try members.encode("Dense", forKey: .type)
            try members.encode(units, forKey: .units)
            try members.encodeIfPresent(activation, forKey: .activation)
        case .dropout(let rate):
            try members.encode("Dropout", forKey: .type)
            try members.encode(rate, forKey: .rate)
        }
    }
}

/// What `POST /reconstruct`, `POST /encode` and `POST /layers` take. Data come as exactly one of ``series``, ``recordings`` and ``windows``.
public struct WindowsRequest: Encodable, Sendable {
    /// The model's name.
    public var model: String?
    /// Its number, an alias, or `latest`; nil for the latest.
    public var version: String?
    /// `[rows][F]`, to be cut into windows of the model's T; nil is a missing value.
    public var series: [[Float?]]?
    /// `[N][T][F]`; nil is a missing value.
    public var windows: [[[Float?]]]?
    /// Several series: no window spans two.
    public var recordings: [[[Float?]]]?
    /// What the features are called, `[F]`.
    public var featureNames: [String]?
    /// When each row was measured.
    public var timestamps: [Timestamp]?
    /// Rows from one window to the next.
    public var stride: Int?
    /// `sliding` or `temporalize`.
    public var windowing: String?
    /// `error`, `previous`, `linear` or `zero`.
    public var missing: String?
    /// One window alone, counted from 0: for `POST /layers` only.
    public var window: Int?

    /// A request without data yet.
    public init(model: String? = nil) { self.model = model }
}

/// What `POST /score` takes. Data come as exactly one of ``series``, ``recordings`` and ``windows``.
public struct ScoreRequest: Encodable, Sendable {
    /// The model's name.
    public var model: String?
    /// Its number, an alias, or `latest`; nil for the latest.
    public var version: String?
    /// `[rows][F]`, to be cut into windows of the model's T; nil is a missing value.
    public var series: [[Float?]]?
    /// `[N][T][F]`; nil is a missing value.
    public var windows: [[[Float?]]]?
    /// Several series: no window spans two.
    public var recordings: [[[Float?]]]?
    /// What the features are called, `[F]`.
    public var featureNames: [String]?
    /// When each row was measured.
    public var timestamps: [Timestamp]?
    /// Rows from one window to the next.
    public var stride: Int?
    /// `sliding` or `temporalize`.
    public var windowing: String?
    /// `error`, `previous`, `linear` or `zero`.
    public var missing: String?
    /// The error that has the score 1.
    public var threshold: Double?
    /// The same as a quantile of the errors that the model's own was learned from.
    public var quantile: Double?
    /// The same as so many standard deviations above their mean.
    public var sigmas: Double?
    /// Only the newest window.
    public var last: Bool?
    /// `windows`, `rows`, `events`, `timesteps`, `features`.
    public var include: [String]?
    /// `newest`, `mean` or `median`.
    public var combine: String?
    /// How scores of rows become events.
    public var events: EventRule?

    /// With the server's defaults for what is nil.
    public struct EventRule: Encodable, Sendable {
        /// An event begins with a score above this.
        public var start: Double?
        /// It goes on while scores stay above this.
        public var end: Double?
        /// Shorter ones are left out.
        public var minimumLength: Int?
        /// Events with so many rows or fewer between them are one.
        public var mergeGap: Int?

        /// All of the server's defaults.
        public init() {}
    }

    /// A request without data yet.
    public init(model: String? = nil) { self.model = model }
}

/// What `POST /summary` takes: an architecture, and the shape of its windows.
public struct SummaryRequest: Encodable, Sendable {
    /// T.
    public var timesteps: Int?
    /// F.
    public var features: Int?
    /// `autoencoder`, `stacked` or `layers`.
    public var architecture: String?
    /// Units of the encoder's LSTMs.
    public var units: [Int]?
    /// `tanh`, `relu`, `sigmoid` or `linear`.
    public var activation: String?
    /// `sigmoid` or `hard_sigmoid`.
    public var recurrentActivation: String?
    /// The network layer by layer.
    public var layers: [Layer]?

    /// The default architecture.
    public init(timesteps: Int? = nil, features: Int? = nil) {
        self.timesteps = timesteps
        self.features = features
    }
}
