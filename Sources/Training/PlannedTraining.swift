import Detection
import Inspection
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A training that has been checked against its windows and the server's limits, and keeps the network that
/// it was checked with.
public struct PlannedTraining: Sendable {
    /// What is trained.
    public internal(set) var specification: TrainingSpecification
    /// The checked layers.
    public let network: Sequential
    /// The windows, `[N][T][F]` in the data's units.
    public let windows: Windows<Double>
    /// What the data are, for the response; nil if they were not inspected.
    public var inspection: Inspection?

    /// Checks that the architecture fits the windows and that training stays within the limits.
    /// - Throws: ``TrainingFailure``, but not `training`.
    public init(
        _ specification: TrainingSpecification, on windows: Windows<Double>, limits: RuntimeLimits = .init()
    ) throws(TrainingFailure) {
        do {
            network = try Sequential(
                specification.architecture, timesteps: windows.timesteps, features: windows.features)
        } catch {
            throw .architecture(error)
        }
        if let mismatch = network.windowMismatch { throw .architecture(mismatch) }
        if let refusal = limits.refusal(of: network) { throw .tooLarge(refusal) }
        let bytes = specification.options.trainingByteCount(network, windows: windows.count)
        guard bytes <= limits.maxTrainingBytes else {
            throw .tooLarge(
                "training would take \(bytes >> 20) MiB of working memory; this server allows "
                    + "\(limits.maxTrainingBytes >> 20) MiB. Use a smaller batch_size, fewer timesteps or "
                    + "fewer units"
            )
        }
        self.specification = specification
        self.windows = windows
    }

    /// Learns scaling, weights, and detector, and looks for reasons to doubt them.
    /// - Parameters:
    ///   - onEpoch: called after each epoch.
    ///   - isCancelled: called before each batch; true ends training with `TrainingError.cancelled`.
    /// - Throws: ``TrainingFailure``, in practice only `training`, and `refused` for a strict training.
    public func run(
        onEpoch: (EpochReport) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(TrainingFailure) -> TrainedModel {
        let (options, detection) = (specification.options, specification.detection)
        let base = specification.base
        let data = TrainingData(windows, specification)
        let parts = data.parts

        let clock = ContinuousClock()
        let start = clock.now
        let result: TrainingResult
        do {
            result = try network.fit(
                data.fitted[0..<parts.validation.upperBound], options: options,
                initial: base?.trained.model.weights, onEpoch: onEpoch,
                isCancelled: isCancelled)
        } catch {
            throw .training(error)
        }
        let seconds = (clock.now - start) / .seconds(1)

        let model: Model
        do { model = try Model(network, weights: result.weights) } catch { throw .architecture(error) }
        guard let learned = LearnedDetection(detection, of: model, on: data) else {
            throw .training(.diverged(epoch: result.epoch))
        }
        let oddities = TrainingWarnings(windows, data, names: specification.featureNames)
        let warnings =
            oddities.ofData.map(specification.origins.locating)
            + oddities.of(model, learned.detector.measure, threshold: learned.threshold.value)
            + oddities.of(model, options)
        let description = ModelDescription(
            architecture: specification.architecture, network: network,
            featureNames: specification.featureNames, columns: specification.columns,
            preparation: specification.preparation, scaler: data.scaler,
            training: ModelDescription.Training(
                options: options, history: result.history, epoch: result.epoch, seconds: seconds,
                warmStart: base?.version, warnings: warnings),
            errorKind: learned.detector.measure.kind, threshold: learned.threshold, errors: learned.errors,
            rowErrors: learned.rowErrors, baselineErrors: learned.baselineErrors,
            origin: ModelDescription.Origin(
                createdAt: Software.now, software: Software.name, data: DataFingerprint(of: windows),
                request: specification.request),
            note: specification.note, unknown: base?.trained.description.unknown.inherited ?? .none)
        if specification.isStrict { try description.requireNoErrors() }
        return TrainedModel(description: description, model: model, detector: learned.detector)
    }
}

extension ModelDescription {
    /// - Throws: `refused` if the model has warnings of level `error`.
    func requireNoErrors() throws(TrainingFailure) {
        let errors = warnings.filter { $0.level == .error }
        guard errors.isEmpty else { throw .refused(errors) }
    }
}
