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
public struct LevelSpread: FittedMeasure, Sendable, Equatable {
    /// The distance of the level, and the components that are subtracted.
    public let level: Mahalanobis
    /// μ, `[F]`.
    public let spreadMean: [Float]
    /// σ, `[F]`.
    public let spreadDeviation: [Float]

    /// A standard deviation over time, in scaled units, that is added to all others: smaller ones are equal.
    package static let minSpread: Float = 1e-3
    /// The minimum of σ². Smaller ones are those of a feature that a network reconstructs alike in each
    /// window, and would make the error depend on the last bits of float32.
    private static let minVariance = 0.01

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
    ///   - rows: the indices of the calibration windows to fit to.
    ///   - calibration: the remainders of all calibration windows.
    ///   - fitted: those of windows that the weights were fitted to.
    ///   - components: the principal components that the remainders lack.
    init(
        fittedTo rows: [Int], of calibration: Remainders, fitted: Remainders, components: PrincipalComponents
    ) {
        let features = calibration.features
        let chosen = rows.flatMap { calibration.spreads[($0 * features)..<(($0 + 1) * features)] }
        let (mean, variance) = Remainders.moments(of: chosen, features: features)
        let minVariances = Remainders.minVariances(
            of: fitted.spreads + calibration.spreads, features: features)
        self.init(
            level: Mahalanobis(fittedTo: rows, of: calibration, fitted: fitted, components: components),
            spreadMean: mean.map { Float($0) },
            spreadDeviation: zip(variance, minVariances).map {
                Float(max($0, $1, Self.minVariance).squareRoot())
            })
    }

    // MARK: Errors

    func errors(of remainders: Remainders, _ rows: Range<Int>) -> [Float] {
        let features = spreadMean.count
        let spreads = remainders.spreads[(rows.lowerBound * features)..<(rows.upperBound * features)]
        return zip(level.errors(of: remainders, rows), spreadErrors(spreads)).map(Self.mean)
    }

    /// Appends the errors of N windows. The error of a timestep is the distance of its level alone.
    /// - Parameter residuals: `[N][T][F]` in scaled units.
    func add(_ residuals: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail) {
        let (timesteps, features) = (level.timesteps, spreadMean.count)
        let remainders = level.remainders(of: residuals)
        let means = Remainders.levels(of: remainders, timesteps: timesteps, features: features)
        let spreads = Remainders.spreads(
            of: remainders, levels: means, timesteps: timesteps, features: features)
        var levels = WindowErrors()
        level.add(remainders: remainders, levels: means, to: &levels, detail)
        errors.windows += zip(levels.windows, spreadErrors(spreads[...])).map(Self.mean)
        errors.timesteps += levels.timesteps
        errors.features += zip(levels.features, spreads.indices).map { feature, index in
            (feature + square(spreads[index], feature: index % features)) / 2
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
}
