import NeuralNetwork

/// What one server takes on at most.
public struct RuntimeLimits: Sendable, Equatable {
    /// Bytes of a request's body when it is unpacked.
    public var body = 64 << 20
    /// Parameters of one network.
    public var parameters = 20_000_000
    /// Bytes of working memory that one window may take on its way through a network.
    public var windowBytes = 256 << 20
    /// Bytes of working memory of one training beside its data.
    public var trainingBytes = 4 << 30
    /// Trainings at the same time; each uses all cores by itself.
    public var concurrentTrainings = 1
    /// Trainings that wait for their turn.
    public var waitingTrainings = 16
    /// Jobs that have ended and can still be asked about.
    public var endedJobs = 256
    /// Predictions that wait for their turn.
    public var waitingPredictions = 1024
    /// Bytes of data that wait with the trainings, and as many that wait with the predictions.
    public var waitingBytes = 1 << 30
    /// Numbers in one answer: windows times what is given back for each. As JSON they take about 12 bytes each.
    public var answerValues = 4 << 20
    /// Multiplications of one prediction: windows times those of the network's matrices.
    public var predictionMultiplications = 5_000_000_000_000
    /// Versions of all models together.
    public var modelVersions = 100_000
    /// Versions of one model: when there is a new one, the oldest that no alias points to are deleted. nil keeps all.
    public var keptVersions: Int?
    /// Bytes of the weights that are kept in memory; the others are read again when somebody asks for them.
    public var loadedBytes = 4 << 30

    /// Bytes of an ONNX file, which is made in memory. Beyond 2 GiB there is none.
    public var onnxBytes = 1 << 31

    /// The defaults.
    public init() {}

    /// Why a network is too large for this server; nil if it isn't.
    package func refusal(of network: Sequential) -> String? {
        guard network.parameterCount <= parameters else {
            return
                "the network would have \(network.parameterCount) parameters; this server allows \(parameters)"
        }
        let bytes = Model.windowByteCount(network)
        guard bytes <= windowBytes else {
            return
                "one window would take \(bytes >> 20) MiB of working memory; this server allows \(windowBytes >> 20) MiB. "
                + "Use fewer timesteps or fewer units"
        }
        return nil
    }
}
