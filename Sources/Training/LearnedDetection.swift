import Detection
import NeuralNetwork

/// What a model learns for detection once its weights are fitted.
struct LearnedDetection {
    /// The fitted error measure and the baselines.
    let detector: Detector
    /// The errors of the calibration windows.
    let errors: ErrorDistribution
    /// The errors of their rows.
    let rowErrors: RowErrors
    /// The errors of the windows under each baseline.
    let baselineErrors: BaselineErrors
    /// The threshold that follows from the errors.
    let threshold: Threshold

    /// Learns from the parts of the data that are for it.
    ///
    /// nil if an error is not finite.
    /// - Parameter known: the detector of a model that is calibrated.
    init?(
        _ options: DetectionOptions, of model: Model, on data: TrainingData, keeping known: Detector? = nil
    ) {
        let parts = data.parts
        let learned = Detector.fit(
            options.errorKind, model: model, windows: data.windows, training: parts.fitted,
            calibration: parts.thresholdPart, source: parts.thresholdSource, keeping: known)
        guard let learned else { return nil }
        (detector, errors, rowErrors, baselineErrors) = learned
        threshold = Threshold(
            value: options.rule.threshold(of: errors),
            source: options.rule.fixedValue == nil ? parts.thresholdSource : nil, rule: options.rule)
        guard threshold.value.isFinite else { return nil }
    }
}
