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
public struct Mahalanobis: Sendable, Equatable {
    /// The principal components of the training windows, of which the first ones are subtracted.
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
    private static let maxSamples = 50_000
    /// The number of folds for the errors of the calibration windows: those of a fold are computed with the
    /// covariance of the other folds, because a covariance fits the windows that it was computed from better
    /// than new ones.
    private static let foldCount = 5
    /// The minimum number of windows for a useful covariance.
    static let minWindows = 20

    /// The number of components that are subtracted: a tenth of the values of a window, at least 1 and at
    /// most 8. None for a single feature, because the components would remove its level, which is all that
    /// the mean residual has.
    package var subtractedCount: Int {
        mean.count == 1 ? 0 : min(8, max(1, components.mean.count / 10), components.count)
    }

    /// Restores a measure that was fitted before.
    /// - Parameters:
    ///   - components: of windows `[T][F]`.
    ///   - mean: `[F]`.
    ///   - whitening: `[F][F]`.
    package init(components: PrincipalComponents, mean: [Float], whitening: [Float]) {
        precondition(whitening.count == mean.count * mean.count)
        self.components = components
        self.mean = mean
        self.whitening = whitening
    }

    /// Fits μ and C.
    /// - Parameters:
    ///   - windows: the calibration windows, `[N][T][F]` in scaled units.
    ///   - model: the model that reconstructs them.
    ///   - components: the principal components of the training windows.
    ///   - refit: returns the components of some windows, if `components` are those of the calibration
    ///     windows: like the covariance, they fit these better than new ones. nil if they are those of others.
    /// - Returns: the measure fitted to all windows, and the cross-validated error of each window, `[N]`.
    static func fit(
        to windows: Windows<Float>, model: Model, components: PrincipalComponents,
        refit: ((Windows<Float>) -> PrincipalComponents)? = nil
    ) -> (measure: Mahalanobis, errors: [Float]) {
        let features = windows.features
        func means(without components: PrincipalComponents) -> [Float] {
            let unfitted = Mahalanobis(
                components: components, mean: [Float](repeating: 0, count: features),
                whitening: [Float](repeating: 0, count: features * features))
            return windows.chunks.flatMap { chunk in
                unfitted.means(unfitted.remainders(chunk.residuals(from: model.reconstruct(chunk))))
            }
        }
        let all = means(without: components)
        func fitted(outside fold: Range<Int>) -> (measure: Mahalanobis, means: [Float]) {
            let rows = indices(outside: fold, of: windows)
            let own = fold.isEmpty ? nil : refit?(sample(of: windows, rows))
            let means = own.map(means) ?? all
            let (mean, whitening) = moments(of: means, rows: rows, features: features)
            return (Mahalanobis(components: own ?? components, mean: mean, whitening: whitening), means)
        }
        let folds = windows.count >= 2 * foldCount ? foldCount : 1
        var errors: [Float] = []
        for fold in 0..<folds {
            let rows = (fold * windows.count / folds)..<((fold + 1) * windows.count / folds)
            let (measure, means) = fitted(outside: folds > 1 ? rows : 0..<0)
            errors += measure.distances(means[(rows.lowerBound * features)..<(rows.upperBound * features)])
        }
        return (fitted(outside: 0..<0).measure, errors)
    }

    /// Returns the windows with some indices, an evenly spaced sample of many.
    private static func sample(of windows: Windows<Float>, _ indices: [Int]) -> Windows<Float> {
        let count = min(indices.count, maxSamples)
        let chosen = (0..<count).map { indices[$0 * indices.count / count] }
        return Windows(joining: chosen.map { windows[$0..<($0 + 1)] })
    }

    /// Returns the indices of the windows outside a fold. Windows that share rows with the fold are left out
    /// too, if at least `minWindows` remain.
    private static func indices(outside fold: Range<Int>, of windows: Windows<Float>) -> [Int] {
        let outside = (0..<windows.count).filter { !fold.contains($0) }
        guard !fold.isEmpty else { return outside }
        let (first, last) = (windows.starts[fold.lowerBound], windows.starts[fold.upperBound - 1])
        let separate = outside.filter {
            windows.starts[$0] + windows.timesteps <= first || windows.starts[$0] >= last + windows.timesteps
        }
        return separate.count >= minWindows ? separate : outside
    }

    /// Returns the mean `[F]` of rows of `values` `[rows][F]`, and the whitening matrix `[F][F]` of their
    /// covariance.
    private static func moments(
        of values: [Float], rows all: [Int], features: Int
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
        // The minimum variance, in scaled units, keeps the distance finite for a feature without errors.
        let scale = variance.map { max($0, 1e-4).squareRoot() }
        for index in centred.indices { centred[index] /= scale[index % features] }
        let covariance = shrunkCovariance(of: centred, features: features)
        let root = inverseRoot(covariance, size: features)
        let whitening = root.indices.map { Float(root[$0] / scale[$0 % features]) }
        return (mean.map { Float($0) }, whitening)
    }

    /// Returns the shrunk covariance, `[F][F]` (`sklearn.covariance.ledoit_wolf`; Ledoit & Wolf 2004), with
    /// 0.001 added to the diagonal.
    /// - Parameters:
    ///   - rows: `[rows][F]` with mean 0.
    ///   - features: F.
    package static func shrunkCovariance(of rows: [Double], features: Int) -> [Double] {
        let (count, size) = (Double(rows.count / features), Double(features))
        var covariance = LinearAlgebra.gram(rows, columns: features).map { $0 / count }
        let trace = (0..<features).reduce(0) { $0 + covariance[$1 * features + $1] }
        let target = trace / size
        let squares = covariance.reduce(0) { $0 + $1 * $1 }
        var fourths = 0.0
        for start in stride(from: 0, to: rows.count, by: features) {
            let square = rows[start..<(start + features)].reduce(0) { $0 + $1 * $1 }
            fourths += square * square
        }
        let noise = (fourths / count - squares) / (size * count)
        let distance = (squares - 2 * target * trace + size * target * target) / size
        let shrinkage = distance > 0 ? min(max(noise, 0), distance) / distance : 0
        for index in covariance.indices {
            covariance[index] *= 1 - shrinkage
            if index / features == index % features { covariance[index] += shrinkage * target + 1e-3 }
        }
        return covariance
    }

    /// Returns a symmetric matrix to the power of -1/2; the identity if its eigenvalues cannot be computed.
    private static func inverseRoot(_ matrix: [Double], size: Int) -> [Double] {
        guard let (values, vectors) = LinearAlgebra.eigen(symmetric: matrix, size: size) else {
            return (0..<(size * size)).map { $0 / size == $0 % size ? 1 : 0 }
        }
        // Vᵀ·Λ^(-1/2)·V is the Gram matrix of Λ^(-1/4)·V.
        let scaled = vectors.indices.map { vectors[$0] * inverseFourthRoot(max(values[$0 / size], 1e-3)) }
        return LinearAlgebra.gram(scaled, columns: size)
    }

    /// x^(-1/4).
    private static func inverseFourthRoot(_ value: Double) -> Double { 1 / value.squareRoot().squareRoot() }

    // MARK: Errors

    /// Appends the errors of N windows.
    /// - Parameter residuals: `[N][T][F]` in scaled units.
    func add(_ residuals: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail) {
        let features = mean.count
        let remainders = remainders(residuals)
        let means = means(remainders)
        let whitened = whitened(means[...])
        errors.windows += Self.meanSquares(whitened, features: features)
        if detail.contains(.features) {
            for start in stride(from: 0, to: means.count, by: features) {
                let window = start..<(start + features)
                // The covariance spreads an error over correlated features. That of a value far outside
                // everything known would hide which feature has it.
                let isFar = means[window].contains { abs($0) > Self.maxCorrelated }
                errors.features += (isFar ? means : whitened)[window].map { Double($0) * Double($0) }
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

    /// Returns residuals `[N][T][F]` without their projection onto the first components.
    private func remainders(_ residuals: [Float]) -> [Float] {
        var remainders = residuals
        components.remove(first: subtractedCount, from: &remainders, upTo: Self.maxDeviations)
        return remainders
    }

    /// Averages each feature over the timesteps of each window, `[N][T][F]` to `[N][F]`.
    private func means(_ values: [Float]) -> [Float] {
        let (size, features) = (components.mean.count, mean.count)
        var means = [Float](repeating: 0, count: values.count / size * features)
        for window in 0..<(values.count / size) {
            for position in 0..<size {
                means[window * features + position % features] += values[window * size + position]
            }
        }
        let timesteps = Float(size / features)
        return means.map { $0 / timesteps }
    }
}
