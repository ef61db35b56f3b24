import NeuralNetwork
import TimeSeries

/// The squared Mahalanobis distance of a window's mean residual, divided by the number of features.
///
/// 1. The projection of the residuals, window - reconstruction, onto the first principal components of the
///    training windows is subtracted, at most 12 standard deviations along each component. Levels drift along
///    these directions in normal operation too, and a network saturates outside the range that it was trained
///    on. What remains are the residuals in other directions, and those far outside the normal range.
/// 2. The remainder is averaged over the timesteps: e, `[F]`.
/// 3. d = (e - μ)ᵀ C⁻¹ (e - μ) / F, with the mean μ and the covariance C of e over the calibration
///    windows, as in EncDec-AD (Malhotra et al. 2016, arXiv:1607.00148). C is estimated on standardized
///    features and shrunk there towards a multiple of the identity (Ledoit & Wolf 2004). The mean of d over
///    windows like the calibration windows is about 1.
///
/// docs/detection.md has measurements of the effect of each step.
public struct Mahalanobis: FittedMeasure, Sendable, Equatable {
    /// The principal components of the fitted windows that are subtracted, with a mean of 0.
    public let components: PrincipalComponents
    /// μ, `[F]`.
    public let mean: [Float]
    /// The whitening matrix W, `[F][F]`, with WᵀW = C⁻¹. The features of W (e - μ) are uncorrelated and of
    /// unit variance.
    public let whitening: [Float]

    /// The maximum that is subtracted along a component, in standard deviations of the training windows. If
    /// the training windows span a few minutes, normal operation can move by ten of these standard deviations
    /// within the next minutes.
    package static let maxDeviations: Float = 12

    /// A mean residual in scaled units beyond which features are compared without their covariance.
    private static let maxCorrelated: Float = 1e6

    /// The maximum number of features, as C has F² values.
    public static let maxFeatures = 512
    /// The maximum number of windows that the covariance is computed from. Of more windows, an evenly spaced
    /// sample is used.
    static let maxSamples = 50_000
    /// The minimum number of windows for a useful covariance.
    static let minWindows = 20

    /// The components that are subtracted: as many as a tenth of the values of a window, from 1 to 8. None
    /// for a single feature, because the components would remove its level, which is all that the mean
    /// residual has. They have no mean, because they are subtracted from residuals.
    static func subtracted(of all: PrincipalComponents, features: Int) -> PrincipalComponents {
        let size = all.mean.count
        let count = features == 1 ? 0 : min(8, max(1, size / 10), all.count)
        return PrincipalComponents(
            mean: [Float](repeating: 0, count: size), components: Array(all.components[..<(count * size)]),
            deviations: Array(all.deviations[..<count]))
    }

    /// The number of fitted values.
    var valueCount: Int {
        components.components.count + components.mean.count + mean.count + whitening.count
    }

    /// Restores a measure that was fitted before.
    /// - Parameters:
    ///   - components: of windows `[T][F]`; only the first are subtracted.
    ///   - mean: `[F]`.
    ///   - whitening: `[F][F]`.
    package init(components: PrincipalComponents, mean: [Float], whitening: [Float]) {
        precondition(whitening.count == mean.count * mean.count)
        self.components = Self.subtracted(of: components, features: mean.count)
        self.mean = mean
        self.whitening = whitening
    }

    /// Fits μ and C.
    /// - Parameters:
    ///   - rows: the indices of the calibration windows to fit to.
    ///   - calibration: the remainders of all calibration windows.
    ///   - fitted: those of windows that the weights were fitted to.
    ///   - components: the principal components that the remainders lack.
    init(
        fittedTo rows: [Int], of calibration: Remainders, fitted: Remainders, components: PrincipalComponents
    ) {
        let (mean, whitening) = Self.moments(
            of: calibration.levels, rows: rows, features: calibration.features,
            minVariances: Remainders.minVariances(
                of: fitted.levels + calibration.levels, features: calibration.features))
        self.init(components: components, mean: mean, whitening: whitening)
    }

    /// Returns the mean `[F]` of rows of `values` `[rows][F]`, and the whitening matrix `[F][F]` of their
    /// covariance, in which each feature has at least its minimum variance.
    private static func moments(
        of values: [Float], rows all: [Int], features: Int, minVariances: [Double]
    ) -> (mean: [Float], whitening: [Float]) {
        let count = min(all.count, maxSamples)
        let rows = (0..<count).map { all[$0 * all.count / count] }
        var mean = [Double](repeating: 0, count: features)
        for row in rows {
            for feature in 0..<features {
                mean[feature] += Double(values[row * features + feature]) / Double(count)
            }
        }
        var centred = [Double](repeating: 0, count: count * features)
        var variance = [Double](repeating: 0, count: features)
        for (index, row) in rows.enumerated() {
            for feature in 0..<features {
                let deviation = Double(values[row * features + feature]) - mean[feature]
                centred[index * features + feature] = deviation
                variance[feature] += deviation * deviation / Double(count)
            }
        }
        // The minimum variance, in scaled units, is that of rounding and of a network near its optimum, for a
        // feature that never varies.
        let scale = zip(variance, minVariances).map { max($0, $1, 1e-4).squareRoot() }
        for index in centred.indices { centred[index] /= scale[index % features] }
        var covariance = shrunkCovariance(of: centred, features: features)
        for feature in 0..<features {
            covariance[feature * features + feature] +=
                1 - variance[feature] / (scale[feature] * scale[feature])
        }
        let root = inverseRoot(covariance, size: features)
        let whitening = root.indices.map { Float(root[$0] / scale[$0 % features]) }
        return (mean.map { Float($0) }, whitening)
    }

    // MARK: Errors

    func errors(of remainders: Remainders, _ rows: Range<Int>) -> [Float] {
        distances(remainders.levels[(rows.lowerBound * mean.count)..<(rows.upperBound * mean.count)])
    }

    /// Appends the errors of N windows.
    /// - Parameter residuals: `[N][T][F]` in scaled units.
    func add(_ residuals: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail) {
        let remainders = remainders(of: residuals)
        let levels = Remainders.levels(of: remainders, timesteps: timesteps, features: mean.count)
        add(remainders: remainders, levels: levels, to: &errors, detail)
    }

    /// Appends the errors of N windows.
    /// - Parameters:
    ///   - remainders: `[N][T][F]`, the residuals without the components.
    ///   - levels: their means over the timesteps, `[N][F]`.
    func add(
        remainders: [Float], levels: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail
    ) {
        let features = mean.count
        let whitened = whitened(levels[...])
        errors.windows += Self.meanSquares(whitened, features: features)
        if detail.contains(.features) {
            for start in stride(from: 0, to: levels.count, by: features) {
                let window = start..<(start + features)
                // The covariance spreads an error over correlated features. That of a value far outside
                // everything known would hide which feature has it.
                let isFar = levels[window].contains { abs($0) > Self.maxCorrelated }
                errors.features += (isFar ? levels : whitened)[window].map { Double($0) * Double($0) }
            }
        }
        if detail.contains(.timesteps) { errors.timesteps += distances(remainders[...]) }
    }

    /// Returns d for each row of e, `[N][F]` to `[N]`.
    private func distances(_ rows: ArraySlice<Float>) -> [Float] {
        Self.meanSquares(whitened(rows), features: mean.count)
    }

    private func whitened(_ rows: ArraySlice<Float>) -> [Float] {
        let deviations = rows.enumerated().map { $1 - mean[$0 % mean.count] }
        return LinearAlgebra.product(deviations, transposed: whitening, inner: mean.count)
    }

    private static func meanSquares(_ rows: [Float], features: Int) -> [Float] {
        stride(from: 0, to: rows.count, by: features).map { start in
            min(
                rows[start..<(start + features)].reduce(0) { $0 + $1 * $1 } / Float(features),
                .greatestFiniteMagnitude)
        }
    }

    /// Returns residuals `[N][T][F]` without their projection onto the components.
    func remainders(of residuals: [Float]) -> [Float] {
        Remainders.values(of: residuals, without: components)
    }

    /// T.
    var timesteps: Int { components.mean.count / mean.count }
}
