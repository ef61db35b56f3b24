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
        let bytes =
            network.baseline == nil
            ? specification.options.trainingByteCount(network, windows: windows.count) : 0
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
        let options = specification.options
        let base = specification.base
        let data = TrainingData(windows, specification)

        let clock = ContinuousClock()
        let start = clock.now
        let fit: Fit
        do {
            if let baseline = network.baseline {
                fit = try fitted(baseline, to: data, isCancelled)
            } else {
                fit = try fitted(to: data, onEpoch: onEpoch, isCancelled)
            }
        } catch {
            throw .training(error)
        }
        let seconds = (clock.now - start) / .seconds(1)

        let (model, calibrated): (Model, Model)
        do {
            model = try Model(network, weights: fit.weights)
            calibrated =
                if let weights = fit.calibrated { try Model(network, weights: weights) } else { model }
        } catch {
            throw .architecture(error)
        }
        guard let learned = LearnedDetection(specification.detection, of: calibrated, on: data) else {
            throw .training(.diverged(epoch: fit.epoch))
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
                options: network.baseline == nil ? options : nil, history: fit.history, epoch: fit.epoch,
                seconds: seconds, warmStart: base?.version, warnings: warnings),
            errorKind: learned.detector.measure.kind, threshold: learned.threshold, errors: learned.errors,
            rowErrors: learned.rowErrors, baselineErrors: learned.baselineErrors,
            origin: ModelDescription.Origin(
                createdAt: Software.now, software: Software.name, data: DataFingerprint(of: windows),
                request: specification.request),
            note: specification.note, unknown: base?.trained.description.unknown.inherited ?? .none)
        if specification.isStrict { try description.requireNoErrors() }
        return TrainedModel(description: description, model: model, detector: learned.detector)
    }

    /// Fitted weights.
    private struct Fit {
        let weights: Weights
        /// The weights whose errors are the threshold's; nil for the same ones.
        var calibrated: Weights?
        var history: [EpochReport] = []
        var epoch = 0
    }

    /// Trains the network.
    private func fitted(
        to data: TrainingData, onEpoch: (EpochReport) -> Void, _ isCancelled: () -> Bool
    ) throws(TrainingError) -> Fit {
        let result = try network.fit(
            data.fitted[0..<data.parts.validation.upperBound], options: specification.options,
            initial: specification.base?.trained.model.weights, onEpoch: onEpoch, isCancelled: isCancelled)
        return Fit(weights: result.weights, history: result.history, epoch: result.epoch)
    }

    /// Fits a baseline to all windows, as the baselines beside a network are (``Detector``). The threshold's
    /// errors are those of one that does not know the calibration windows.
    private func fitted(
        _ baseline: Baseline, to data: TrainingData, _ isCancelled: () -> Bool
    ) throws(TrainingError) -> Fit {
        let seed = specification.options.seed
        return Fit(
            weights: try baseline.fit(data.windows, seed: seed, isCancelled: isCancelled),
            // Means and deviations of rows are learned from all windows, like the scaling.
            calibrated: baseline == .zscore
                ? nil
                : try baseline.fit(data.windows[data.parts.fitted], seed: seed, isCancelled: isCancelled))
    }
}

extension ModelDescription {
    /// - Throws: `refused` if the model has warnings of level `error`.
    func requireNoErrors() throws(TrainingFailure) {
        let errors = warnings.filter { $0.level == .error }
        guard errors.isEmpty else { throw .refused(errors) }
    }
}
