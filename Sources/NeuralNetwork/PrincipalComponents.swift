import TimeSeries

/// The first principal components of flattened windows: the linear autoencoder that a network has to beat.
///
/// What `sklearn.decomposition.PCA` finds, up to the sign of a component, by subspace iteration (Halko, Martinsson &
/// Tropp 2011, "Finding structure with randomness"), which needs no matrix of `T*F` by `T*F` numbers.
public struct PrincipalComponents: Sendable, Equatable {
    /// The mean window, `[T][F]` flat.
    public let mean: [Float]
    /// `[K][T][F]` flat: orthonormal rows, those with the most variance first.
    public let components: [Float]

    /// The standard deviation of the windows along each, `[K]`.
    public let deviations: [Float]

    /// How many there are, K.
    public var count: Int { mean.isEmpty ? 0 : components.count / mean.count }

    /// Takes what was found before.
    /// - Parameter components: a row of as many numbers as the mean has for each deviation.
    public init(mean: [Float], components: [Float], deviations: [Float]) {
        precondition(!mean.isEmpty && components.count == mean.count * deviations.count)
        self.mean = mean
        self.components = components
        self.deviations = deviations
    }

    /// Directions that are found beside those that are wanted, and times that the subspace is turned. The flatter the
    /// spectrum, the longer it takes, and the less it matters which of the directions are found.
    private static let oversampling = 16
    private static let iterations = 16
    /// Numbers of windows that are looked at; of more windows some are, evenly spread.
    private static let numbers = 16 << 20
    /// A direction with less of the variance than this is rounding, or nothing at all.
    private static let leastShare: Float = 1e-6

    /// Finds them.
    /// - Parameters:
    ///   - windows: at least one.
    ///   - wanted: the most that there are to be; there are fewer where the windows don't vary.
    public init(of windows: Windows, count wanted: Int) {
        let size = windows.timesteps * windows.features
        let rows = min(windows.count, max(64, Self.numbers / size))
        let chosen = (0..<rows).map { $0 * windows.count / rows }
        var mean = [Double](repeating: 0, count: size)
        for index in chosen {
            windows.withWindow(index) { window in
                for position in 0..<size { mean[position] += Double(window[position]) / Double(rows) }
            }
        }
        self.mean = mean.map { Float($0) }
        var centred: [Float] = []
        centred.reserveCapacity(rows * size)
        for index in chosen {
            windows.withWindow(index) { window in
                for position in 0..<size { centred.append(Float(Double(window[position]) - mean[position])) }
            }
        }
        // Squares of what is at most 1 don't overflow.
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

    /// The leading right singular vectors of a matrix, as rows, and the squares of its singular values.
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
        // Within the subspace, the directions of most variance.
        guard
            let (values, vectors) = LinearAlgebra.eigen(
                symmetric: LinearAlgebra.gram(image.map { Double($0) }, columns: rank), size: rank)
        else { return ([], []) }
        let total = values.reduce(0, +)
        let kept = values.indices.suffix(wanted).reversed().filter { values[$0] > Double(leastShare) * total }
        guard !kept.isEmpty else { return ([], []) }
        let turn = kept.flatMap { row in vectors[(row * rank)..<((row + 1) * rank)].map { Float($0) } }
        return (LinearAlgebra.product(turn, basis, inner: rank), kept.map { values[$0] })
    }

    /// The coordinates of some flat windows in the first components, `[N][count]`.
    /// - Parameters:
    ///   - values: `[N][T][F]`, less their mean if that is wanted.
    ///   - count: at most K.
    package func coordinates(of values: [Float], first count: Int) -> [Float] {
        guard count > 0 else { return [] }
        let leading = Array(components[..<(count * mean.count)])
        return LinearAlgebra.product(values, transposed: leading, inner: mean.count)
    }

    /// Takes from flat windows what lies in the first components.
    /// - Parameters:
    ///   - values: `[N][T][F]`; in place.
    ///   - limit: the most that is taken along each component, in its standard deviations; nil takes all.
    package func remove(first count: Int, from values: inout [Float], upTo limit: Float? = nil) {
        guard count > 0 else { return }
        let leading = Array(components[..<(count * mean.count)])
        var coordinates = coordinates(of: values, first: count)
        if let limit {
            for index in coordinates.indices {
                let most = limit * deviations[index % count]
                coordinates[index] = min(max(coordinates[index], -most), most)
            }
        }
        let part = LinearAlgebra.product(coordinates, leading, inner: count)
        for position in values.indices { values[position] -= part[position] }
    }
}
