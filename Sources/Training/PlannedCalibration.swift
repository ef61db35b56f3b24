import DataFormats
import Detection
import Inspection
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A calibration of a version: error distribution, threshold, error measure and baselines are learned again
/// from other data, all of whose windows calibrate. Weights and scaling stay.
///
/// A model from elsewhere has no threshold, and that of a plant that has drifted is no longer right.
public struct PlannedCalibration: PlannedWork {
    /// The version that is calibrated.
    public let base: ModelRegistry.Entry
    /// The windows of the data, `[N][T][F]` in the data's units.
    public let windows: Windows<Double>
    /// How errors become a threshold.
    public let detection: DetectionOptions
    /// What is done with rows that have outliers; by default as for a training with the model's scaling.
    public var outliers: OutlierPolicy
    /// Whether warnings of level `error` make the calibration fail.
    public var isStrict = false
    /// The names of the features, `[F]`, for a model without.
    public var featureNames: [String]?
    /// The columns of the data with their roles, for a model without.
    public var columns: [TableColumn]?
    /// What was done with the rows before they became windows.
    public var preparation: Preparation
    /// The rows of the request that the rows of the windows come from, for warnings.
    public var origins = RowOrigins.same
    /// What the data are, for the response.
    public var inspection: Inspection?
    /// The fingerprint of the request.
    public var request: String?

    /// A calibration.
    /// - Parameters:
    ///   - base: the version.
    ///   - windows: at least one window, of the shape of the version's.
    ///   - detection: the error kind and the rule of the threshold.
    public init(of base: ModelRegistry.Entry, on windows: Windows<Double>, _ detection: DetectionOptions) {
        self.base = base
        self.windows = windows
        self.detection = detection
        outliers = OutlierPolicy.standard(for: base.trained.description.scaler.scaling)
        preparation = base.trained.description.preparation
    }

    /// A calibration.
    public var kind: TrainingJob.Kind { .calibration }
    /// None.
    public var epochs: Int { 0 }

    /// Learns the threshold, and looks for reasons to doubt it.
    /// - Throws: ``TrainingFailure``: `errors` if an error is not finite, `refused` for a strict calibration.
    public func run(
        onEpoch: (EpochReport) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(TrainingFailure) -> TrainedModel {
        let (old, model) = (base.trained.description, base.trained.model)
        guard !isCancelled() else { throw .training(.cancelled) }
        let data = TrainingData(calibrating: windows, old.scaler, outliers)
        let learned = LearnedDetection(detection, of: model, on: data, keeping: base.trained.detector)
        guard let learned else { throw .errors }
        let names = old.featureNames ?? featureNames
        let oddities = TrainingWarnings(windows, data, names: names)
        let calibration = Calibration(
            base: base.version, rows: data.windows.coveredRows.reduce(0) { $0 + $1.count },
            windows: data.windows.count, at: Software.now,
            warnings: oddities.ofData.map(origins.locating)
                + oddities.of(model, learned.detector.measure, threshold: learned.threshold.value)
                + oddities.ofCalibration(model)
                + base.trained.warnings(for: windows).map(origins.locating))
        let description = ModelDescription(
            architecture: old.architecture, network: old.network, featureNames: names,
            columns: old.columns ?? columns, preparation: preparation, scaler: old.scaler,
            training: old.training, errorKind: learned.detector.measure.kind, threshold: learned.threshold,
            errors: learned.errors, rowErrors: learned.rowErrors, baselineErrors: learned.baselineErrors,
            calibration: calibration,
            origin: ModelDescription.Origin(
                createdAt: calibration.at, software: Software.name, data: old.origin.data, request: request),
            note: old.note,
            unknown: old.unknown.replacing(
                ["threshold", "errors", "row_errors", "baseline_errors", "detector", "feedback"]
                    + (preparation == old.preparation ? [] : ["preparation"])))
        if isStrict { try description.requireNoErrors() }
        return TrainedModel(description: description, model: model, detector: learned.detector)
    }
}
