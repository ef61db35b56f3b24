import NeuralNetwork
import TimeSeries

/// What a model needs for anomaly detection besides its network: a fitted error measure, and baselines.
public struct Detector: Sendable {
    /// The error of a window.
    public let measure: ErrorMeasure
    /// nil for an imported model without baselines.
    public let baselines: Baselines?

    /// Restores a detector that was fitted before.
    package init(measure: ErrorMeasure, baselines: Baselines?) {
        self.measure = measure
        self.baselines = baselines
    }

    /// The default error kind: the Mahalanobis distance if there are several features, and enough windows
    /// outside the training windows to estimate a covariance from; the mean squared error otherwise.
    static func defaultKind(features: Int, windows: Int, source: Threshold.Source) -> ErrorKind {
        let hasCovariance = features > 1 && features <= Mahalanobis.maxFeatures
        return hasCovariance && windows >= Mahalanobis.minWindows && source != .training ? .mahalanobis : .mse
    }

    /// The number of fitted values, which determines the memory that the detector takes.
    package var valueCount: Int {
        let components = baselines.map { $0.components.mean.count + $0.components.components.count } ?? 0
        switch measure {
        case .meanSquared, .meanAbsolute: return components
        case .mahalanobis(let measure): return components + measure.mean.count + measure.whitening.count
        }
    }

    /// Fits a detector.
    /// - Parameters:
    ///   - kind: nil for the default (`mahalanobis` if the windows allow it, `mse` otherwise).
    ///   - model: a trained model.
    ///   - windows: all windows of the training data, `[N][T][F]` in scaled units.
    ///   - training: the windows that the model's weights were fitted to; the calibration windows if there
    ///     are none among these windows.
    ///   - calibration: the windows that the threshold is computed from.
    ///   - source: where the calibration windows come from.
    ///   - known: the baselines of a model that is calibrated, whose components are kept.
    /// - Returns: the detector with the errors of the calibration windows; nil if there are no calibration
    ///   windows, or if an error is not finite.
    package static func fit(
        _ kind: ErrorKind?, model: Model, windows: Windows<Float>, training: Range<Int>,
        calibration: Range<Int>, source: Threshold.Source, keeping known: Baselines? = nil
    ) -> (detector: Detector, errors: ErrorDistribution, baselineErrors: BaselineErrors)? {
        let baselines =
            known.map { Baselines(of: $0, fittedTo: windows) }
            ?? Baselines(fittedTo: windows, training: training)
        let range = calibration
        let calibration = windows[range]
        let kind =
            kind ?? defaultKind(features: windows.features, windows: calibration.count, source: source)
        let (measure, errors): (ErrorMeasure, [Float])
        switch kind {
        case .mse, .mae:
            measure = kind == .mse ? .meanSquared : .meanAbsolute
            errors = measure.errors(of: calibration, by: model).windows
        case .mahalanobis:
            let areOwn = known == nil && source == .calibration && training == range
            let fitted = Mahalanobis.fit(
                to: calibration, model: model, components: baselines.components,
                refit: areOwn ? { Baselines.components(of: $0) } : nil)
            measure = .mahalanobis(fitted.measure)
            errors = fitted.errors
        }
        guard let errors = ErrorDistribution(of: errors),
            let zScore = ErrorDistribution(of: baselines.zScoreErrors(of: calibration)),
            let pca = ErrorDistribution(of: baselines.pcaErrors(of: calibration))
        else { return nil }
        return (
            Detector(measure: measure, baselines: baselines), errors,
            BaselineErrors(zScore: zScore, pca: pca)
        )
    }
}
