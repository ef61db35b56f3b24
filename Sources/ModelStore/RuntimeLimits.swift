import ModelFiles
import NeuralNetwork

/// The maximum amounts that one server accepts, keeps and computes.
public struct RuntimeLimits: Sendable, Equatable {
    /// Bytes of a request's body after decompression.
    public var maxBodyBytes = 64 << 20
    /// Parameters of one network.
    public var maxParameters = 20_000_000
    /// Bytes of working memory that a prediction may take per window.
    public var maxWindowBytes = 256 << 20
    /// Bytes of working memory that one training may take beside its data.
    public var maxTrainingBytes = 4 << 30
    /// Trainings that run at the same time. Each uses all cores.
    public var maxConcurrentTrainings = 1
    /// Trainings in the queue.
    public var maxQueuedTrainings = 16
    /// Ended jobs that are kept for later requests.
    public var maxEndedJobs = 256
    /// Predictions in the queue.
    public var maxQueuedPredictions = 1024
    /// Bytes of data in the queue of trainings, and in the queue of predictions.
    public var maxQueuedBytes = 1 << 30
    /// Numbers in one response: windows times the numbers per window. As JSON, each takes about 12 bytes.
    public var maxResponseValues = 4 << 20
    /// Multiplications in one prediction: windows times the multiplications per window.
    public var maxPredictionMultiplications = 5_000_000_000_000
    /// Versions of all models.
    public var maxModelVersions = 100_000
    /// Versions of one model. When a new version exceeds them, the oldest without an alias are deleted. nil
    /// keeps all.
    public var maxVersionsPerModel: Int?
    /// Bytes of the models that are kept in memory. Others are read from the disk when they are requested.
    public var maxLoadedBytes = 4 << 30

    /// Bytes that the file system of the models' folder must have left. With less, the server is not ready
    /// and stores nothing. The default is the size of the largest version that `maxParameters` allows, with
    /// room for its metadata. 0 for no minimum.
    public var minFreeBytes = 128 << 20

    /// Bytes of an ONNX file, which is built in memory. The format allows 2 GiB.
    public var maxONNXBytes = 1 << 31

    /// Bytes of an uploaded model's file: what ``maxParameters`` take at most, however long the body of
    /// another request may be.
    public var maxModelFileBytes: Int { ModelFile.maxByteCount(parameters: maxParameters) }

    /// Bytes that all uploads may have on the disk at the same time, before they are read: those of two
    /// models at least.
    var maxUploadBytes: Int { max(maxQueuedBytes, 2 * maxModelFileBytes) }

    /// The defaults.
    public init() {}

    /// The message that a network exceeds a limit; nil if it does not.
    package func refusal(of network: Sequential) -> String? {
        guard network.parameterCount <= maxParameters else {
            return
                "the model would have \(network.parameterCount) parameters; "
                + "this server allows \(maxParameters)"
        }
        let bytes = Model.windowByteCount(network)
        guard bytes <= maxWindowBytes else {
            return
                "one window would take \(bytes >> 20) MiB of working memory; "
                + "this server allows \(maxWindowBytes >> 20) MiB. Use fewer timesteps or fewer units"
        }
        return nil
    }
}
