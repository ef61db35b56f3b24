#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `POST /train` takes. Members that are nil are left out, and the server's defaults hold;
/// openapi.yaml says which.
public struct TrainRequest: Encodable, Sendable {
    /// The model's name.
    public var model: String
    /// `[rows][F]`.
    public var series: [[Float]]
    /// T.
    public var timesteps: Int
    /// `sliding` or `temporalize`.
    public var windowing: String?
    /// Rows from one window to the next.
    public var stride: Int?
    /// `error`, `previous`, `linear` or `zero`.
    public var missing: String?
    /// `autoencoder` or `stacked`.
    public var architecture: String?
    /// Units of the encoder's LSTMs.
    public var units: [Int]?
    /// `tanh`, `relu`, `sigmoid` or `linear`.
    public var activation: String?
    /// `standard`, `minmax` or `none`.
    public var scaling: String?
    /// Passes over the training windows.
    public var epochs: Int?
    /// Windows in a step.
    public var batchSize: Int?
    /// Adam's learning rate.
    public var learningRate: Double?
    /// The share of the windows that is held back.
    public var validationSplit: Double?
    /// `sigmoid` or `hard_sigmoid`.
    public var recurrentActivation: String?
    /// `mse`, `mae` or `huber`.
    public var loss: String?
    /// The largest norm of all gradients together.
    public var clipNorm: Double?
    /// When to stop before the last epoch.
    public var earlyStopping: EarlyStopping?
    /// Whether each epoch sees the windows in a new order.
    public var shuffle: Bool?
    /// Fixes everything that is random.
    public var seed: Int?

    /// As Keras' EarlyStopping.
    public struct EarlyStopping: Encodable, Sendable {
        /// Epochs without improvement after which training stops.
        public var patience: Int
        /// `loss` or `val_loss`.
        public var monitor: String
        /// Whether the weights of the best epoch are kept.
        public var restoreBestWeights = true

        /// Keeps the best weights, unlike Keras' default.
        public init(patience: Int, monitor: String) {
            self.patience = patience
            self.monitor = monitor
        }
    }

    /// The members that are always needed.
    public init(model: String, series: [[Float]], timesteps: Int) {
        self.model = model
        self.series = series
        self.timesteps = timesteps
    }
}

/// What `POST /train` answers.
public struct TrainAnswer: Decodable, Sendable {
    /// The losses of each epoch, in scaled units.
    public struct History: Decodable, Sendable {
        /// The training windows'.
        public let loss: [Double]
        /// The validation windows'; empty without any.
        public let valLoss: [Double]
    }
    /// The model's name.
    public let model: String
    /// The new version.
    public let version: Int
    /// `autoencoder`, `stacked` or `layers`.
    public let architecture: String
    /// T.
    public let timesteps: Int
    /// F.
    public let features: Int
    /// The numbers that were learned.
    public let parameters: Int
    /// Epochs that ran.
    public let epochs: Int
    /// The loss of the epoch whose weights were kept.
    public let loss: Double
    /// The error in scaled units above which a window is an anomaly.
    public let threshold: Double
    /// Time spent fitting.
    public let seconds: Double
    /// The losses.
    public let history: History
}

/// What `POST /reconstruct` and `POST /encode` take.
public struct WindowsRequest: Encodable, Sendable {
    /// The model's name.
    public var model: String
    /// nil for the latest.
    public var version: Int?
    /// `[rows][F]`, to be cut into windows of the model's T.
    public var series: [[Float]]
    /// Rows from one window to the next.
    public var stride: Int?
    /// `sliding` or `temporalize`.
    public var windowing: String?
    /// `error`, `previous`, `linear` or `zero`.
    public var missing: String?

    /// The members that are always needed.
    public init(model: String, series: [[Float]]) {
        self.model = model
        self.series = series
    }
}

/// What `POST /reconstruct` answers.
public struct ReconstructAnswer: Decodable, Sendable {
    /// The model's name.
    public let model: String
    /// The version that answered.
    public let version: Int
    /// `[N][T][F]` in the data's units.
    public let reconstructions: [[[Float]]]
    /// The mean squared error of each window in the data's units.
    public let errors: [Float]
    /// The mean squared error of each window in scaled units.
    public let scaledErrors: [Float]
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

extension RepriseClient {
    /// Trains a new version of a model.
    /// - Throws: ``ClientError``, with the server's own words where it refuses.
    public func train(_ request: TrainRequest) throws -> TrainAnswer { try call("/train", request) }

    /// Reconstructs windows.
    /// - Throws: ``ClientError``, with the server's own words where it refuses.
    public func reconstruct(_ request: WindowsRequest) throws -> ReconstructAnswer {
        try call("/reconstruct", request)
    }

    /// Encodes windows.
    /// - Throws: ``ClientError``, with the server's own words where it refuses.
    public func encode(_ request: WindowsRequest) throws -> EncodeAnswer { try call("/encode", request) }

    /// The table of a model's layers, as Keras prints it; the JSON document with `json`.
    /// - Throws: ``ClientError``, with the server's own words where it refuses.
    public func summary(of model: String, json: Bool = false) throws(ClientError) -> String {
        let accept = json ? "application/json" : "text/plain"
        return try checked(send("GET", "/summary?model=\(model)", fields: [(name: "Accept", value: accept)]))
            .text
    }

    /// The answer if it is a success.
    /// - Throws: ``ClientError`` with the detail of the problem document otherwise.
    public func checked(_ answer: Answer) throws(ClientError) -> Answer {
        guard !(200..<300).contains(answer.status) else { return answer }
        struct Problem: Decodable { let detail: String }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
        throw ClientError(description: problem?.detail ?? "the server answered \(answer.status)")
    }

    /// Posts a request of any type as JSON, names in snake_case.
    /// - Throws: ``ClientError``, with the server's own words where it refuses.
    public func post(_ path: String, _ request: some Encodable) throws -> Answer {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try checked(send("POST", path, body: Array(encoder.encode(request))))
    }

    private func call<Result: Decodable>(_ path: String, _ request: some Encodable) throws -> Result {
        try post(path, request).decoded()
    }
}

extension RepriseClient.Answer {
    /// The JSON document as a value.
    /// - Throws: `DecodingError` when it is another one.
    public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(body))
    }
}
