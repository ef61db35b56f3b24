/// What one server takes on at most.
public struct RuntimeLimits: Sendable, Equatable {
    /// Bytes of a request's body when it is unpacked.
    public var body = 64 << 20
    /// Parameters of one network.
    public var parameters = 20_000_000
    /// Bytes of working memory of one training beside its data.
    public var trainingBytes = 4 << 30
    /// Trainings that wait for their turn; one runs at a time.
    public var waitingTrainings = 16
    /// Predictions that wait for their turn.
    public var waitingPredictions = 1024
    /// Bytes of data that wait with the trainings, and as many that wait with the predictions.
    public var waitingBytes = 1 << 30
    /// Numbers in one answer: windows times what is given back for each. As JSON they take about 12 bytes each.
    public var answerValues = 4 << 20
    /// Multiplications of one prediction: windows times those of the network's matrices.
    public var predictionMultiplications = 5_000_000_000_000
    /// Versions of all models together.
    public var modelVersions = 10_000
    /// Bytes of the weights of all versions together.
    public var modelBytes = 4 << 30

    /// The defaults.
    public init() {}
}
