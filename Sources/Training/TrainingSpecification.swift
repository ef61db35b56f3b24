import Detection
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// What to train.
public struct TrainingSpecification: Sendable {
    /// The layers.
    public let architecture: Architecture
    /// How inputs are scaled before the network sees them.
    public let scaling: Scaling
    /// How to fit.
    public let options: TrainingOptions
    /// How to tell anomalies by its reconstructions.
    public let detection: DetectionOptions
    /// The version that training goes on from, with its weights and its scaler.
    public let base: ModelRegistry.Entry?
    /// The names of the features, `[F]`, if they have any.
    public var featureNames: [String]?
    /// What is kept with the model, as JSON.
    public var note: String?
    /// What the version is marked with, so that the same request doesn't make another one.
    public var request: String?

    /// A training from the start.
    public init(
        architecture: Architecture, scaling: Scaling, options: TrainingOptions,
        detection: DetectionOptions = .init()
    ) {
        self.architecture = architecture
        self.scaling = scaling
        self.options = options
        self.detection = detection
        base = nil
    }

    /// A training that goes on from a version. Its scaler stays as it is, because its weights have learned to live with
    /// that; Adam starts anew, and the threshold is learned anew.
    public init(
        goingOnFrom base: ModelRegistry.Entry, options: TrainingOptions, detection: DetectionOptions = .init()
    ) {
        architecture = base.trained.description.architecture
        scaling = base.trained.description.scaler.scaling
        self.options = options
        self.detection = detection
        self.base = base
    }
}

extension TrainingSpecification {
    /// Learns scaling, weights and detector from windows in the data's units.
    ///
    /// Scaling is learned on the rows of all windows, as it usually is: the later a level was seen, the better it fits what
    /// comes next.
    /// - Throws: ``TrainingFailure``.
    public func train(
        on windows: Windows, limits: RuntimeLimits = .init(), onEpoch: (EpochReport) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws(TrainingFailure) -> TrainedModel {
        let network = try network(for: windows, limits: limits)
        let parts = TrainingParts(of: windows, options, detection)
        let scaler =
            base?.trained.description.scaler
            ?? Scaler(scaling, fittedTo: windows.series, rows: windows.coveredRows)
        var values = windows.series.values
        scaler.transform(&values)
        let scaled = windows.replacingValues(with: values)

        let clock = ContinuousClock()
        let start = clock.now
        let result: TrainingResult
        do {
            result = try network.fit(
                scaled[0..<parts.validation.upperBound], options: options,
                initial: base?.trained.model.weights, onEpoch: onEpoch,
                isCancelled: isCancelled)
        } catch {
            throw .training(error)
        }
        let seconds = (clock.now - start) / .seconds(1)

        let model: Model
        do { model = try Model(network, weights: result.weights) } catch { throw .architecture(error) }
        let learned = Detector.fit(
            detection.errorKind, model: model, windows: scaled, training: parts.fitted,
            calibration: parts.thresholdPart, source: parts.thresholdSource)
        guard let learned else { throw .training(.diverged(epoch: result.epoch)) }
        let threshold = Threshold(
            value: detection.rule.threshold(of: learned.errors),
            source: detection.rule.fixedValue == nil ? parts.thresholdSource : nil, rule: detection.rule)
        guard threshold.value.isFinite else { throw .training(.diverged(epoch: result.epoch)) }
        return TrainedModel(
            description: ModelDescription(
                architecture: architecture, network: network, featureNames: featureNames, scaler: scaler,
                training: ModelDescription.Training(
                    options: options, history: result.history, epoch: result.epoch, seconds: seconds,
                    warmStart: base?.version),
                errorKind: learned.detector.measure.kind, threshold: threshold, errors: learned.errors,
                baselineErrors: learned.baselineErrors,
                origin: ModelDescription.Origin(
                    createdAt: Software.now, software: Software.name, data: DataFingerprint(of: windows),
                    request: request),
                note: note),
            model: model, detector: learned.detector)
    }

    /// The network for windows of this shape, if it fits them and stays within the limits.
    /// - Throws: ``TrainingFailure``, but for what only training itself can find out.
    public func network(for windows: Windows, limits: RuntimeLimits) throws(TrainingFailure) -> Sequential {
        let network: Sequential
        do {
            network = try Sequential(architecture, timesteps: windows.timesteps, features: windows.features)
        } catch {
            throw .architecture(error)
        }
        if let mismatch = network.windowMismatch { throw .architecture(mismatch) }
        if let refusal = limits.refusal(of: network) { throw .tooLarge(refusal) }
        let bytes = options.trainingByteCount(network, windows: windows.count)
        guard bytes <= limits.trainingBytes else {
            throw .tooLarge(
                "training would take \(bytes >> 20) MiB of working memory; this server allows "
                    + "\(limits.trainingBytes >> 20) MiB. Use a smaller batch_size, fewer timesteps or fewer units"
            )
        }
        return network
    }
}

/// Why there is no model.
public enum TrainingFailure: Error, Equatable, Sendable {
    /// The layers do not fit together or the window.
    case architecture(ArchitectureError)
    /// Fitting failed or was stopped.
    case training(TrainingError)
    /// Past a limit of this server; says which.
    case tooLarge(String)
}
