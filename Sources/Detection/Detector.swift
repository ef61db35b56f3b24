import NeuralNetwork
import TimeSeries

/// What tells anomalies from normal windows beside the network itself.
public struct Detector: Sendable {
    /// What is learned.
    public let measure: ErrorMeasure
    /// nil for a model from elsewhere that has none.
    public let baselines: Baselines?

    /// Takes what was learned before.
    package init(measure: ErrorMeasure, baselines: Baselines?) {
        self.measure = measure
        self.baselines = baselines
    }

    /// The kind of error that generally tells the most: the Mahalanobis distance where there are several features, and
    /// windows to learn their covariance from that the weights weren't fitted to; the mean squared error elsewhere.
    static func bestKind(features: Int, windows: Int, source: Threshold.Source) -> ErrorKind {
        let hasCovariance = features > 1 && features <= Mahalanobis.mostFeatures
        return hasCovariance && windows >= Mahalanobis.fewest && source != .training ? .mahalanobis : .mse
    }

    /// How many numbers it has learned.
    package var numberCount: Int {
        let components = baselines.map { $0.components.mean.count + $0.components.components.count } ?? 0
        guard case .mahalanobis(let measure) = measure else { return components }
        return components + measure.mean.count + measure.whitening.count
    }

    /// Learns from windows in scaled units.
    /// - Parameters:
    ///   - kind: nil takes what is generally best.
    ///   - windows: all that there are to learn from.
    ///   - fitted: those that the weights were fitted to.
    ///   - calibration: those that the threshold is to be learned from.
    ///   - source: what those are.
    /// - Returns: it, with the errors of the calibration windows; nil if one of them is not finite.
    package static func learn(
        _ kind: ErrorKind?, by model: Model, from windows: Windows, fitted: Range<Int>,
        calibration: Range<Int>, source: Threshold.Source
    ) -> (detector: Detector, errors: ErrorDistribution, baselineErrors: BaselineErrors)? {
        let baselines = Baselines(learnedFrom: windows, fitted: fitted)
        let calibration = windows[calibration]
        let kind =
            kind ?? bestKind(features: windows.features, windows: calibration.count, source: source)
        let (measure, errors): (ErrorMeasure, [Float])
        switch kind {
        case .mse, .mae:
            measure = kind == .mse ? .meanSquared : .meanAbsolute
            errors = measure.errors(of: calibration, by: model).windows
        case .mahalanobis:
            let learned = Mahalanobis.learn(from: calibration, by: model, components: baselines.components)
            measure = .mahalanobis(learned.measure)
            errors = learned.errors
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
