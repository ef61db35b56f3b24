import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

/// A request to POST /train.
package struct TrainRequest {
    let model: PermittedModel
    private(set) var training: PlannedTraining
    /// Whether the response has the losses of all epochs.
    let hasHistory: Bool

    /// Reads and checks the whole body, including shapes and limits, so that errors are reported before the
    /// training is queued.
    init(_ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits) throws(Problem) {
        var request = try DataRequest(call)
        model = try request.options.model(for: call)
        hasHistory = try request.hasHistory()
        let warmStart = try request.read { (options) throws(JSONError) in try options.warmStart() }
        let (specification, data) =
            if let warmStart {
                try request.training(warmStart: try models.entry(model, warmStart))
            } else {
                try request.training()
            }
        do throws(TrainingFailure) {
            training = try PlannedTraining(specification, on: data.windows, limits: limits)
            training.inspection = data.inspection
        } catch {
            throw Problem(error, architecture: specification.architecture)
        }
    }
}

extension TrainRequest {
    /// The training of a request that has nothing but data.
    /// - Parameters:
    ///   - featureNames: `[F]`.
    ///   - note: JSON that is stored with the model.
    /// - Throws: 422 for windows that are beyond the limits.
    package static func defaultTraining(
        on windows: Windows<Double>, featureNames: [String], note: String, _ limits: RuntimeLimits
    ) throws(Problem) -> PlannedTraining {
        var empty = FieldReader(JSONObject())
        var specification = try empty.read { (body) throws(JSONError) in
            let detection = try body.detectionOptions()
            let options = try body.options(body.trainingOptions(), detection, for: windows)
            return TrainingSpecification(
                architecture: try body.architecture(), scaling: TrainingSpecification.defaultScaling,
                options: options, detection: detection)
        }
        specification.featureNames = featureNames
        specification.note = note
        do throws(TrainingFailure) {
            return try PlannedTraining(specification, on: windows, limits: limits)
        } catch {
            throw Problem(error, architecture: nil)
        }
    }
}

extension FieldReader {
    /// Reads `warm_start`: the version whose weights the training starts from; true is the latest.
    fileprivate mutating func warmStart() throws(JSONError) -> VersionReference? {
        if case .bool(let isWarm) = value("warm_start") { return isWarm ? .latest : nil }
        return try version("warm_start")
    }
}

extension DataRequest {
    /// Reads a training from new weights.
    fileprivate mutating func training() throws(Problem) -> (TrainingSpecification, RequestData) {
        let (architecture, scaling) = try read { (options) throws(JSONError) -> (Architecture, Scaling) in
            (
                try options.detector(),
                try options.choice("scaling", default: TrainingSpecification.defaultScaling)
            )
        }
        let input = try trainingInput(for: nil, architecture.baseline)
        return (
            input.completing(
                TrainingSpecification(
                    architecture: architecture, scaling: scaling, options: input.options,
                    detection: input.detection)), input.data
        )
    }

    /// Reads a training that continues from a version.
    fileprivate mutating func training(
        warmStart base: ModelRegistry.Entry
    ) throws(Problem) -> (TrainingSpecification, RequestData) {
        if let baseline = base.trained.description.architecture.baseline {
            throw Problem(
                options.error(
                    "warm_start",
                    "is version \(base.version), a detector without a network (\(baseline.rawValue)), which "
                        + "cannot be trained further; send detector: \(baseline.rawValue) with all data "
                        + "instead"))
        }
        for name in [
            "detector", "architecture", "units", "activation", "recurrent_activation", "layers", "scaling",
            "difference",
        ] where options.has(name) {
            throw Problem(
                options.error(
                    name, "is defined by version \(base.version), from which warm_start continues; remove it")
            )
        }
        let input = try trainingInput(for: base, nil)
        var specification = input.completing(
            TrainingSpecification(warmStart: base, options: input.options, detection: input.detection))
        if let columns = base.trained.description.columns { specification.columns = columns }
        return (specification, input.data)
    }

    /// Reads the options of fitting and detection, and the data without excluded rows.
    private mutating func trainingInput(
        for base: ModelRegistry.Entry?, _ baseline: Baseline?
    ) throws(Problem) -> TrainingInput {
        if let baseline {
            for name in TrainingOptions.fields.map(\.name) where name != "seed" && options.has(name) {
                throw Problem(
                    options.error(
                        name, "is for networks, but detector is \(baseline.rawValue); remove one of them"))
            }
        }
        var (detection, requested, outliers) = try read {
            (options) throws(JSONError) -> (DetectionOptions, TrainingOptions, OutlierPolicy?) in
            (try options.detectionOptions(), try options.trainingOptions(), try options.choice("outliers"))
        }
        let data = try data(
            for: base?.trained.description, flag: "exclude", excludesFlagged: true, inspects: true)
        try rejectUnknown()
        if baseline != nil { detection.completeForBaseline(windows: data.windows.count) }
        let options = try read { [requested, detection] (options) throws(JSONError) in
            try options.options(requested, detection, for: data.windows, baseline)
        }
        return TrainingInput(options: options, detection: detection, outliers: outliers, data: data)
    }
}

/// What a training from new weights and one that continues from a version have in common.
private struct TrainingInput {
    let options: TrainingOptions
    let detection: DetectionOptions
    /// nil for the default of the scaling.
    let outliers: OutlierPolicy?
    let data: RequestData

    /// Returns a specification with what it says about the data.
    func completing(_ specification: TrainingSpecification) -> TrainingSpecification {
        var specification = specification
        if let outliers { specification.outliers = outliers }
        specification.isStrict = data.isStrict
        specification.featureNames = data.featureNames
        specification.columns = data.featureNames == nil ? nil : data.columns
        specification.preparation = data.preparation
        specification.origins = data.origins
        return specification
    }
}

extension FieldReader {
    /// Completes and checks training options. Without `epochs`, `validation_split` and `early_stopping`,
    /// enables early stopping of a network if there are enough windows.
    /// - Throws: an error if a part of the windows that the options need is empty.
    mutating func options(
        _ requested: TrainingOptions, _ detection: DetectionOptions, for windows: Windows<Double>,
        _ baseline: Baseline? = nil
    ) throws(JSONError) -> TrainingOptions {
        try check(detection.errorKind, features: windows.features)
        let count = TrainingParts.countBeforeCalibration(of: windows, detection)
        guard count > 0 else {
            throw error(
                "calibration_split",
                "leaves none of the \(windows.count) windows for training; use a smaller value")
        }
        var options = requested
        // A baseline is fitted in one step.
        let usesDefaults =
            baseline == nil && !["epochs", "validation_split", "early_stopping"].contains { has($0) }
        if usesDefaults { options.enableEarlyStopping(windows: count) }
        let parts = TrainingParts(of: windows, options, detection)
        guard !parts.fitted.isEmpty else {
            throw error(
                "validation_split", "leaves none of the \(count) windows for training; use a smaller value")
        }
        if parts.validation.isEmpty, let monitoring = options.validationLossMonitor {
            throw error(
                "validation_split",
                "selects none of the \(count) windows, but \(monitoring) monitors val_loss; use a larger "
                    + "value"
            )
        }
        return options
    }
}

extension TrainingOptions {
    /// The minimum number of windows for early stopping. With fewer, `val_loss` is not meaningful.
    private static let minEarlyStoppingWindows = 100

    /// Enables early stopping: trains until the loss of the last tenth of the windows stops falling, and
    /// restores the best weights.
    fileprivate mutating func enableEarlyStopping(windows: Int) {
        guard windows >= Self.minEarlyStoppingWindows else { return }
        validationSplit = 0.1
        var stopping = EarlyStopping()
        stopping.patience = 5
        stopping.restoreBestWeights = true
        earlyStopping = stopping
    }

    /// The member of the option that monitors `val_loss`; nil if none does.
    fileprivate var validationLossMonitor: String? {
        if earlyStopping?.monitor == .validationLoss { return "early_stopping" }
        return reduceLROnPlateau?.monitor == .validationLoss ? "reduce_lr_on_plateau" : nil
    }
}
