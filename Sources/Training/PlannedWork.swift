import Inspection
import ModelFiles
import NeuralNetwork
import TimeSeries

/// Work that makes a version of a model in the background: a training, a calibration or feedback.
public protocol PlannedWork: Sendable {
    /// What the work is.
    var kind: TrainingJob.Kind { get }
    /// The number of epochs of the complete work.
    var epochs: Int { get }
    /// The windows of its data, `[N][T][F]` in the data's units.
    var windows: Windows<Double> { get }
    /// What the data are, for the response; nil if they were not inspected.
    var inspection: Inspection? { get }
    /// The fingerprint of the request (``IdempotencyKey/fingerprint``), which is stored with the version so
    /// that the request does not make another one; nil for a request without a key.
    var request: String? { get set }

    /// Does the work.
    /// - Parameters:
    ///   - onEpoch: called after each epoch.
    ///   - isCancelled: called from time to time; true ends the work with `TrainingError.cancelled`.
    /// - Throws: ``TrainingFailure``.
    func run(
        onEpoch: (EpochReport) -> Void, isCancelled: () -> Bool
    ) throws(TrainingFailure) -> TrainedModel
}

extension PlannedTraining: PlannedWork {
    /// A training.
    public var kind: TrainingJob.Kind { .training }
    /// The maximum number of epochs; 0 for a detector without a network, which is fitted in one step.
    public var epochs: Int { network.baseline == nil ? specification.options.epochs : 0 }
    /// The fingerprint in the specification.
    public var request: String? {
        get { specification.request }
        set { specification.request = newValue }
    }
}
