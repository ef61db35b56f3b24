import TimeSeries

/// The first principal components of flattened windows: the linear autoencoder that is the baseline of a
/// network.
///
/// The result is that of `sklearn.decomposition.PCA`, up to the sign of a component. Subspace iteration
/// (Halko, Martinsson & Tropp 2011, "Finding structure with randomness") avoids the covariance matrix `[T·F,
/// T·F]`.
public struct PrincipalComponents: Sendable, Equatable {
    /// The mean window, `[T][F]` flat.
    public let mean: [Float]
    /// The components, `[K][T][F]` flat: orthonormal rows in order of decreasing variance.
    public let components: [Float]

    /// The standard deviation of the windows along each component, `[K]`.
    public let deviations: [Float]

    /// K, the number of components.
    public var count: Int { mean.isEmpty ? 0 : components.count / mean.count }

    /// Restores components that were computed before.
    /// - Parameters:
    ///   - mean: `[T][F]` flat, not empty.
    ///   - components: `[K][T][F]` flat.
    ///   - deviations: `[K]`.
    public init(mean: [Float], components: [Float], deviations: [Float]) {
        precondition(!mean.isEmpty && components.count == mean.count * deviations.count)
        self.mean = mean
        self.components = components
        self.deviations = deviations
    }

    /// The same components about the mean of other windows.
    /// - Parameter windows: `[N][T][F]`, at least one window of the shape of the components.
    package init(_ other: PrincipalComponents, centredOn windows: Windows<Float>) {
        let chosen = Self.sample(of: windows)
        self.init(
            mean: Self.mean(of: windows, chosen).map { Float($0) }, components: other.components,
            deviations: other.deviations)
    }

    /// The indices of the windows that are used.
    private static func sample(of windows: Windows<Float>) -> [Int] {
        let rows = min(windows.count, max(64, maxSampledValues / (windows.timesteps * windows.features)))
        return (0..<rows).map { $0 * windows.count / rows }
    }

    private static func mean(of windows: Windows<Float>, _ chosen: [Int]) -> [Double] {
        var mean = [Double](repeating: 0, count: windows.timesteps * windows.features)
        for index in chosen {
            windows.withWindow(index) { window in
                for position in mean.indices {
                    mean[position] += Double(window[position]) / Double(chosen.count)
                }
            }
        }
        return mean
    }

    /// Additional directions beyond the requested ones, and the number of iterations. A flatter spectrum
    /// converges more slowly, but then it matters less which directions are found.
    private static let oversampling = 16
    private static let iterations = 16
    /// Maximum of numbers (windows × T·F) that the components are computed from. Of more windows, an evenly
    /// spaced sample is used.
    private static let maxSampledValues = 16 << 20
    /// A direction with a smaller share of the variance is left out: it is rounding error or zero.
    private static let minVarianceShare: Float = 1e-6

    /// Computes the components of windows.
    /// - Parameters:
    ///   - windows: `[N][T][F]`, at least one window.
    ///   - wanted: maximum number of components. There are fewer if the windows vary in fewer directions.
    public init(of windows: Windows<Float>, count wanted: Int) {
        let size = windows.timesteps * windows.features
        let chosen = Self.sample(of: windows)
        let rows = chosen.count
        let mean = Self.mean(of: windows, chosen)
        self.mean = mean.map { Float($0) }
        var centred: [Float] = []
        centred.reserveCapacity(rows * size)
        for index in chosen {
            windows.withWindow(index) { window in
                for position in 0..<size { centred.append(Float(Double(window[position]) - mean[position])) }
            }
        }
        // Scaled to at most 1, so that squares do not overflow.
        let largest = centred.reduce(0) { max($0, abs($1)) }
        let rank = min(wanted + Self.oversampling, rows, size)
        guard wanted > 0, largest > 0, largest.isFinite else {
            (components, deviations) = ([], [])
            return
        }
        for position in centred.indices { centred[position] /= largest }
        let found = Self.leading(min(wanted, rank), of: centred, rows: rows, columns: size, rank: rank)
        components = found.vectors
        deviations = found.values.map { Float(($0 / Double(rows)).squareRoot()) * largest }
    }

    /// Returns the leading right singular vectors of a matrix `[rows, columns]`, as rows, and the squares of
    /// its singular values.
    private static func leading(
        _ wanted: Int, of matrix: [Float], rows: Int, columns: Int, rank: Int
    ) -> (vectors: [Float], values: [Double]) {
        var random = SplitMix64(seed: 0)
        var basis = (0..<(rank * columns)).map { _ in random.nextNormal() }
        LinearAlgebra.orthonormalizeRows(&basis, rows: rank, columns: columns)
        for _ in 0..<iterations {
            let image = LinearAlgebra.product(matrix, transposed: basis, inner: columns)
            basis = LinearAlgebra.product(transposed: image, matrix, rows: rows)
            LinearAlgebra.orthonormalizeRows(&basis, rows: rank, columns: columns)
        }
        let image = LinearAlgebra.product(matrix, transposed: basis, inner: columns)
        // Within the subspace, find the directions of largest variance.
        guard
            let (values, vectors) = LinearAlgebra.eigen(
                symmetric: LinearAlgebra.gram(image.map { Double($0) }, columns: rank), size: rank)
        else { return ([], []) }
        let total = values.reduce(0, +)
        let kept = values.indices.suffix(wanted).reversed().filter {
            values[$0] > Double(minVarianceShare) * total
        }
        guard !kept.isEmpty else { return ([], []) }
        let rotation = kept.flatMap { row in vectors[(row * rank)..<((row + 1) * rank)].map { Float($0) } }
        return (LinearAlgebra.product(rotation, basis, inner: rank), kept.map { values[$0] })
    }

    /// Returns the coordinates of windows in the first components, `[N][count]`.
    /// - Parameters:
    ///   - values: `[N][T][F]` flat. The mean is not subtracted here.
    ///   - count: number of components, at most K.
    package func coordinates(of values: [Float], first count: Int) -> [Float] {
        guard count > 0 else { return [] }
        let leading = Array(components[..<(count * mean.count)])
        return LinearAlgebra.product(values, transposed: leading, inner: mean.count)
    }

    /// Subtracts the projection onto the first components from windows.
    /// - Parameters:
    ///   - count: number of components, at most K.
    ///   - values: `[N][T][F]` flat, changed in place.
    ///   - limit: maximum that is subtracted along each component, in its standard deviations; nil for no
    ///     maximum.
    package func remove(first count: Int, from values: inout [Float], upTo limit: Float? = nil) {
        guard count > 0 else { return }
        let leading = Array(components[..<(count * mean.count)])
        var coordinates = coordinates(of: values, first: count)
        if let limit {
            for index in coordinates.indices {
                let bound = limit * deviations[index % count]
                coordinates[index] = min(max(coordinates[index], -bound), bound)
            }
        }
        let projection = LinearAlgebra.product(coordinates, leading, inner: count)
        for position in values.indices { values[position] -= projection[position] }
    }
}
