/// What one server takes on at most.
public struct RuntimeLimits: Sendable, Equatable {
    /// Parameters of one network.
    public var parameters = 20_000_000
    /// Bytes of working memory of one training beside its data.
    public var trainingBytes = 4 << 30
    /// Trainings that wait for their turn; one runs at a time.
    public var waitingTrainings = 16
    /// Predictions that wait for their turn.
    public var waitingPredictions = 1024
    /// Numbers in one answer: windows times what is given back for each.
    public var answerValues = 16 << 20
    /// Versions of all models together.
    public var modelVersions = 10_000

    /// The defaults.
    public init() {}
}
