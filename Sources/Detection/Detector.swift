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

    /// The default error kind: the distances of level and spread if there are several features, and enough
    /// windows outside the training windows to estimate a covariance from; the mean squared error otherwise.
    static func defaultKind(features: Int, windows: Int, source: Threshold.Source) -> ErrorKind {
        let hasCovariance = features > 1 && features <= Mahalanobis.maxFeatures
        return hasCovariance && windows >= Mahalanobis.minWindows && source != .training ? .levelSpread : .mse
    }

    /// The number of fitted values, which determines the memory that the detector takes.
    package var valueCount: Int {
        let components = baselines.map { $0.components.mean.count + $0.components.components.count } ?? 0
        switch measure {
        case .meanSquared, .meanAbsolute: return components
        case .mahalanobis(let measure): return components + measure.valueCount
        case .levelSpread(let measure):
            return components + measure.level.valueCount + 2 * measure.spreadMean.count
        }
    }

    /// The errors of the fitted windows are those of a sample: at most as many windows as a distribution
    /// keeps, fewer if their values exceed the maximum.
    private static let (minFitted, maxFittedValues) = (100, 4 << 20)

    /// Fits a detector.
    /// - Parameters:
    ///   - kind: nil for the default (`level_spread` if the windows allow it, `mse` otherwise).
    ///   - model: a trained model.
    ///   - windows: all windows of the training data, `[N][T][F]` in scaled units.
    ///   - training: the windows that the model's weights were fitted to; none for data that only calibrate.
    ///   - calibration: the windows that the threshold is computed from.
    ///   - source: where the calibration windows come from.
    ///   - known: the detector of a model that is calibrated, whose components are kept.
    /// - Returns: the detector with the errors of the calibration windows and of their rows; nil if there are
    ///   no calibration windows, or if an error is not finite.
    package static func fit(
        _ kind: ErrorKind?, model: Model, windows: Windows<Float>, training: Range<Int>,
        calibration: Range<Int>, source: Threshold.Source, keeping known: Detector? = nil
    ) -> (
        detector: Detector, errors: ErrorDistribution, rowErrors: RowErrors, baselineErrors: BaselineErrors
    )? {
        // Neither the error nor the thresholds of the baselines may know the calibration windows.
        let (baselines, fittedBaselines, components): (Baselines, Baselines, PrincipalComponents)
        if let known, let old = known.baselines {
            baselines = Baselines(of: old, fittedTo: windows)
            (fittedBaselines, components) = (baselines, known.measure.components ?? old.components)
        } else {
            baselines = Baselines(fittedTo: windows)
            components = training.isEmpty ? baselines.components : Baselines.components(of: windows[training])
            fittedBaselines = Baselines(rowScaler: baselines.rowScaler, components: components)
        }
        let isOwn = known?.baselines == nil && training.isEmpty
        let refit = isOwn ? { Baselines.components(of: $0) } : nil
        let floors = ErrorFloors(of: windows)
        let calibration = windows[calibration]
        let others = source == .training ? windows[0..<0] : windows[training]
        let size = windows.timesteps * windows.features
        let fitted = others.sample(of: min(ErrorSample.maxRanked, max(minFitted, maxFittedValues / size)))
        let kind =
            kind ?? defaultKind(features: windows.features, windows: calibration.count, source: source)
        let (measure, errors, fittedErrors): (ErrorMeasure, [Float], [Float])
        switch kind {
        case .mse, .mae:
            measure = kind == .mse ? .meanSquared : .meanAbsolute
            errors = measure.errors(of: calibration, by: model).windows
            fittedErrors = measure.errors(of: fitted, by: model).windows
        case .mahalanobis:
            let found = Mahalanobis.fit(
                to: calibration, fitted: fitted, model: model, components: components, refit: refit)
            (measure, errors, fittedErrors) = (.mahalanobis(found.measure), found.errors, found.fittedErrors)
        case .levelSpread:
            let found = LevelSpread.fit(
                to: calibration, fitted: fitted, model: model, components: components, refit: refit)
            (measure, errors, fittedErrors) = (.levelSpread(found.measure), found.errors, found.fittedErrors)
        }
        let (worth, fittedWorth) = (calibration.independentCount, others.independentCount)
        func distribution(_ errors: [Float], fitted: [Float], floor: Float) -> ErrorDistribution? {
            ErrorDistribution(
                of: errors, independent: worth,
                fitted: ErrorSample(of: fitted, independent: min(fittedWorth, fitted.count)), floor: floor)
        }
        guard let rowErrors = RowErrors(of: errors, calibration, floor: floors.floor(of: kind)),
            let errors = distribution(errors, fitted: fittedErrors, floor: floors.floor(of: kind)),
            let zScore = distribution(
                fittedBaselines.zScoreErrors(of: calibration),
                fitted: fittedBaselines.zScoreErrors(of: fitted),
                floor: floors.floor(of: .mse)),
            let pca = distribution(
                fittedBaselines.pcaErrors(of: calibration), fitted: fittedBaselines.pcaErrors(of: fitted),
                floor: floors.floor(of: .mse))
        else { return nil }
        return (
            Detector(measure: measure, baselines: baselines), errors, rowErrors,
            BaselineErrors(zScore: zScore, pca: pca)
        )
    }
}
