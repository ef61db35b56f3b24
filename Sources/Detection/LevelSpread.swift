import Glibc
import NeuralNetwork
import TimeSeries

/// The mean of two distances: of the level and of the spread of a window's residuals.
///
/// 1. The level is what ``Mahalanobis`` measures: the residuals without the first principal components,
///    averaged over the timesteps. An average cancels oscillations, and it does not notice a signal that
///    freezes.
/// 2. The spread of a feature is the logarithm of the standard deviation of the same remainder over the
///    timesteps. Its distance is the mean over the features of ((s - μ) / σ)², with the mean μ and the
///    standard deviation σ of the calibration windows.
///
/// The mean of each distance over windows like the calibration windows is about 1.
public struct LevelSpread: Sendable, Equatable {
    /// The distance of the level, and the components that are subtracted.
    public let level: Mahalanobis
    /// μ, `[F]`.
    public let spreadMean: [Float]
    /// σ, `[F]`.
    public let spreadDeviation: [Float]

    /// A standard deviation over time, in scaled units, that is added to all others: smaller ones are equal.
    private static let minSpread: Float = 1e-3
    /// σ² is at least this share of the variance over the fitted and the calibration windows, because a
    /// feature can rest in the calibration windows alone.
    private static let minVarianceShare = 0.3
    /// σ² is at least this.
    private static let minVariance = 1e-4
    /// The maximum number of fitted windows that σ is compared with, an evenly spaced sample.
    private static let maxFitted = 1001

    /// Restores a measure that was fitted before.
    /// - Parameters:
    ///   - level: of F features.
    ///   - spreadMean: `[F]`.
    ///   - spreadDeviation: `[F]`, above 0.
    package init(level: Mahalanobis, spreadMean: [Float], spreadDeviation: [Float]) {
        precondition(spreadMean.count == level.mean.count && spreadDeviation.count == level.mean.count)
        self.level = level
        self.spreadMean = spreadMean
        self.spreadDeviation = spreadDeviation
    }

    /// Fits both distances.
    /// - Parameters:
    ///   - windows: the calibration windows, `[N][T][F]` in scaled units.
    ///   - fitted: the windows that the model's weights were fitted to.
    ///   - model: the model that reconstructs them.
    ///   - components: the principal components of the fitted windows.
    /// - Returns: the measure fitted to all calibration windows, and the cross-validated error of each,
    ///   `[N]`.
    static func fit(
        to windows: Windows<Float>, fitted: Windows<Float>, model: Model, components: PrincipalComponents
    ) -> (measure: LevelSpread, errors: [Float]) {
        let (level, levelErrors) = Mahalanobis.fit(to: windows, model: model, components: components)
        func spreads(_ windows: Windows<Float>) -> [Float] {
            windows.chunks.flatMap { chunk in
                Self.spreads(of: level.remainders(chunk.residuals(from: model.reconstruct(chunk))), level)
            }
        }
        let features = windows.features
        let calibration = spreads(windows)
        let floors = moments(of: calibration + spreads(sample(of: fitted)), features: features).variance.map {
            max(minVarianceShare * $0, minVariance)
        }
        func measure(_ rows: [Int]) -> LevelSpread {
            let chosen = rows.flatMap { calibration[($0 * features)..<(($0 + 1) * features)] }
            let (mean, variance) = moments(of: chosen, features: features)
            return LevelSpread(
                level: level, spreadMean: mean.map { Float($0) },
                spreadDeviation: zip(variance, floors).map { Float(max($0, $1).squareRoot()) })
        }
        var errors: [Float] = []
        for (fold, others) in Mahalanobis.folds(of: windows) {
            let values = calibration[(fold.lowerBound * features)..<(fold.upperBound * features)]
            errors += zip(levelErrors[fold], measure(others).spreadErrors(values)).map(mean)
        }
        return (measure(Array(0..<windows.count)), errors)
    }

    private static func sample(of windows: Windows<Float>) -> Windows<Float> {
        guard windows.count > maxFitted else { return windows }
        return Windows(
            joining: (0..<maxFitted).map { number in
                let index = number * windows.count / maxFitted
                return windows[index..<(index + 1)]
            })
    }

    /// The mean and the variance of each feature over rows of `values` `[rows][F]`.
    private static func moments(
        of values: [Float], features: Int
    ) -> (mean: [Double], variance: [Double]) {
        let count = Double(values.count / features)
        var mean = [Double](repeating: 0, count: features)
        for index in values.indices { mean[index % features] += Double(values[index]) / count }
        var variance = [Double](repeating: 0, count: features)
        for index in values.indices {
            let deviation = Double(values[index]) - mean[index % features]
            variance[index % features] += deviation * deviation / count
        }
        return (mean, variance)
    }

    // MARK: Errors

    /// Appends the errors of N windows. The error of a timestep is the distance of its level alone.
    /// - Parameter residuals: `[N][T][F]` in scaled units.
    func add(_ residuals: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail) {
        let remainders = level.remainders(residuals)
        var levels = WindowErrors()
        level.add(remainders: remainders, to: &levels, detail)
        let spreads = Self.spreads(of: remainders, level)
        errors.windows += zip(levels.windows, spreadErrors(spreads[...])).map(Self.mean)
        errors.timesteps += levels.timesteps
        errors.features += zip(levels.features, spreads.indices).map { feature, index in
            (feature + square(spreads[index], feature: index % spreadMean.count)) / 2
        }
    }

    /// The mean of two errors, which does not overflow.
    private static func mean(_ level: Float, _ spread: Float) -> Float { level / 2 + spread / 2 }

    private func square(_ spread: Float, feature: Int) -> Double {
        let deviation = Double(spread - spreadMean[feature]) / Double(spreadDeviation[feature])
        return deviation * deviation
    }

    /// The distance of each row of spreads, `[N][F]` to `[N]`.
    private func spreadErrors(_ spreads: ArraySlice<Float>) -> [Float] {
        let features = spreadMean.count
        return stride(from: spreads.startIndex, to: spreads.endIndex, by: features).map { start in
            let sum = (0..<features).reduce(0.0) { $0 + square(spreads[start + $1], feature: $1) }
            return Float(sum / Double(features))
        }
    }

    /// The spread of each feature of windows, `[N][T][F]` to `[N][F]`.
    private static func spreads(of remainders: [Float], _ level: Mahalanobis) -> [Float] {
        let means = level.means(remainders)
        let (size, features) = (level.components.mean.count, level.mean.count)
        let timesteps = Double(size / features)
        var squares = [Double](repeating: 0, count: means.count)
        for position in remainders.indices {
            let index = position / size * features + position % features
            let deviation = Double(remainders[position]) - Double(means[index])
            squares[index] += deviation * deviation / timesteps
        }
        return squares.map { Float(log($0.squareRoot() + Double(minSpread))) }
    }
}
