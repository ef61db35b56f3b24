import NeuralNetwork
import TimeSeries

/// How unusual the differences between a window and its reconstruction are, taken together.
///
/// 1. The part of the differences that lies in the windows' first principal components is taken away. Slow levels drift
///    along those directions in normal operation too, and a network saturates where it has not been trained; what is
///    left is what doesn't belong to the usual ways to vary. Along each component at most 12 standard deviations of the
///    windows are taken away: what is farther out of the usual range stays.
/// 2. It is averaged over the timesteps: e, `[F]`.
/// 3. d = (e - μ)ᵀ C⁻¹ (e - μ) / F with the mean μ and the covariance C of windows that the weights weren't fitted to, as in
///    EncDec-AD (Malhotra et al. 2016, arXiv:1607.00148), shrunk towards a multiple of the identity (Ledoit & Wolf 2004).
///    Of windows like those it is about 1.
///
/// docs/detection.md has what each step is worth.
public struct Mahalanobis: Sendable, Equatable {
    /// Directions that windows usually vary in; the first few of them are taken away.
    public let components: PrincipalComponents
    /// μ, `[F]`.
    public let mean: [Float]
    /// What makes the deviations from μ uncorrelated and of unit variance, C^(-1/2), `[F][F]`.
    public let whitening: [Float]

    /// What is taken along a component at most, in standard deviations of the fitted windows. Where these are of a few minutes,
    /// normal operation goes ten of them away within the next few.
    private static let usual: Float = 12

    /// The most features: C takes their square.
    public static let mostFeatures = 512
    /// Windows that the covariance is computed from; of more some are, evenly spread.
    private static let samples = 50_000
    /// Stretches of windows whose errors are computed with what the others have taught. A covariance fits the windows that
    /// it was computed from better than any others.
    private static let folds = 5
    /// Windows for a covariance that is worth having.
    static let fewest = 20

    /// How many components are taken away: of a tenth of a window's numbers, 8 at most, and none of a single feature, whose
    /// level is all that there is.
    private var removed: Int {
        mean.count == 1 ? 0 : min(8, max(1, components.mean.count / 10), components.count)
    }

    /// Takes what was learned before.
    package init(components: PrincipalComponents, mean: [Float], whitening: [Float]) {
        precondition(whitening.count == mean.count * mean.count)
        self.components = components
        self.mean = mean
        self.whitening = whitening
    }

    /// Learns from windows in scaled units.
    /// - Returns: the measure, and the errors of these windows as those of new ones would be.
    static func learn(
        from windows: Windows, by model: Model, components: PrincipalComponents
    ) -> (measure: Mahalanobis, errors: [Float]) {
        let features = windows.features
        let unfitted = Mahalanobis(
            components: components, mean: [Float](repeating: 0, count: features),
            whitening: [Float](repeating: 0, count: features * features))
        var means: [Float] = []
        for part in windows.slices {
            means += unfitted.means(unfitted.remainders(part.differences(from: model.reconstruct(part))))
        }
        func measure(without fold: Range<Int>) -> Mahalanobis {
            let rows = others(than: fold, of: windows)
            let (mean, whitening) = moments(of: means, rows: rows, features: features)
            return Mahalanobis(components: components, mean: mean, whitening: whitening)
        }
        let folds = windows.count >= 2 * Self.folds ? Self.folds : 1
        var errors: [Float] = []
        for fold in 0..<folds {
            let rows = (fold * windows.count / folds)..<((fold + 1) * windows.count / folds)
            let other = folds > 1 ? measure(without: rows) : measure(without: 0..<0)
            errors += other.distances(means[(rows.lowerBound * features)..<(rows.upperBound * features)])
        }
        return (measure(without: 0..<0), errors)
    }

    /// The windows outside of a fold, without those that share rows with it, as long as enough are left.
    private static func others(than fold: Range<Int>, of windows: Windows) -> [Int] {
        let outside = (0..<windows.count).filter { !fold.contains($0) }
        guard !fold.isEmpty else { return outside }
        let (first, last) = (windows.starts[fold.lowerBound], windows.starts[fold.upperBound - 1])
        let apart = outside.filter {
            windows.starts[$0] + windows.timesteps <= first || windows.starts[$0] >= last + windows.timesteps
        }
        return apart.count >= fewest ? apart : outside
    }

    /// The mean of some rows, and the inverse square root of their covariance.
    private static func moments(
        of values: [Float], rows all: [Int], features: Int
    ) -> (mean: [Float], whitening: [Float]) {
        let count = min(all.count, samples)
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
        // In scaled units; a feature that is never wrong would be infinitely unusual.
        let scale = variance.map { max($0, 1e-4).squareRoot() }
        for index in centred.indices { centred[index] /= scale[index % features] }
        let covariance = shrunkCovariance(of: centred, features: features)
        let root = inverseRoot(covariance, size: features)
        let whitening = root.indices.map { Float(root[$0] / scale[$0 % features]) }
        return (mean.map { Float($0) }, whitening)
    }

    /// Ledoit and Wolf's estimate for rows whose mean is 0, as `sklearn.covariance.ledoit_wolf`, and a thousandth more on the
    /// diagonal.
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

    /// A symmetric matrix to the power of -1/2.
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

    /// Adds the errors of a few windows.
    /// - Parameter differences: `[N][T][F]`.
    func add(_ differences: [Float], to errors: inout WindowErrors, _ detail: WindowErrors.Detail) {
        let features = mean.count
        let remainders = remainders(differences)
        let whitened = whitened(means(remainders)[...])
        errors.windows += Self.meanSquares(whitened, features: features)
        if detail.contains(.features) { errors.features += whitened.map { $0 * $0 } }
        if detail.contains(.timesteps) { errors.timesteps += distances(remainders[...]) }
    }

    /// d of each of some rows `[N][F]`.
    private func distances(_ rows: ArraySlice<Float>) -> [Float] {
        Self.meanSquares(whitened(rows), features: mean.count)
    }

    private func whitened(_ rows: ArraySlice<Float>) -> [Float] {
        let deviations = rows.enumerated().map { $1 - mean[$0 % mean.count] }
        return LinearAlgebra.product(deviations, transposed: whitening, inner: mean.count)
    }

    private static func meanSquares(_ rows: [Float], features: Int) -> [Float] {
        stride(from: 0, to: rows.count, by: features).map { start in
            rows[start..<(start + features)].reduce(0) { $0 + $1 * $1 } / Float(features)
        }
    }

    /// Differences `[N][T][F]` without what lies in the first components.
    private func remainders(_ differences: [Float]) -> [Float] {
        var remainders = differences
        components.remove(first: removed, from: &remainders, upTo: Self.usual)
        return remainders
    }

    /// The mean of each feature over the timesteps of each window, `[N][F]`.
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
