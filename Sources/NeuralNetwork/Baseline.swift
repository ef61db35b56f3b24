import TimeSeries

/// What reconstructs windows in place of layers: a detector without a network, which is fitted in one step.
///
/// It has the place of the layers in a ``Sequential``, so a model without a network has weights, a file,
/// errors and a threshold like any other.
public enum Baseline: String, Sendable, CaseIterable {
    /// The projection of a window onto the first principal components: the linear autoencoder. Weights: the
    /// mean window and the components.
    case pca
    /// A row without its z-scores, so that the residual of a row is its z-scores. Weights: the mean and the
    /// standard deviation of each feature.
    case zscore
    /// The nearest of ``centreCount`` centres, which k-means finds among the windows. Weights: the centres.
    case kmeans

    /// The number of centres. It is 20, as for k-means in TSB-AD (Liu and Paparrizos, NeurIPS 2024).
    public static let centreCount = 20
    /// The maximum number of principal components.
    static let maxComponents = 16
    /// The maximum number of values of all components together.
    static let maxComponentValues = 1 << 19

    /// The number of principal components of windows of T·F values: at most ``maxComponents``, at most half
    /// of the values of a window, and at most ``maxComponentValues`` in total.
    package static func componentCount(windowSize size: Int) -> Int {
        min(maxComponents, size / 2, maxComponentValues / size)
    }

    /// The names and shapes of the weights.
    /// - Parameter shape: that of a window, `[T][F]`.
    func parameters(_ shape: Shape) -> [Parameter] {
        let (size, features) = (shape.count, shape.features)
        let tensors: [(name: String, shape: [Int])] =
            switch self {
            case .pca: [("mean", [size]), ("components", [Self.componentCount(windowSize: size), size])]
            case .zscore: [("mean", [features]), ("deviation", [features])]
            case .kmeans: [("centres", [Self.centreCount, size])]
            }
        var offset = 0
        return tensors.map { tensor in
            let parameter = Parameter(
                name: "\(rawValue)/\(tensor.name)", shape: tensor.shape, offset: offset, initializer: .zeros)
            offset += parameter.count
            return parameter
        }
    }

    // MARK: Fitting

    /// Fits the weights to windows.
    /// - Parameters:
    ///   - windows: `[N][T][F]` in scaled units, at least one.
    ///   - seed: k-means starts with windows that it draws with this seed.
    ///   - isCancelled: called before each iteration.
    /// - Throws: ``TrainingError/cancelled``.
    package func fit(
        _ windows: Windows<Float>, seed: UInt64, isCancelled: () -> Bool = { false }
    ) throws(TrainingError) -> Weights {
        switch self {
        case .pca:
            let count = Self.componentCount(windowSize: windows.timesteps * windows.features)
            let found = PrincipalComponents(of: windows, count: count)
            // Windows that vary in fewer directions have fewer components; zeros in their place change
            // nothing.
            let missing = (count - found.count) * found.mean.count
            return Weights(
                unchecked: found.mean + found.components + [Float](repeating: 0, count: missing))
        case .zscore:
            let rows = Scaler(.standard, fittedTo: windows.series, rows: windows.coveredRows)
            return Weights(unchecked: (rows.offset + rows.scale).map { Float($0) })
        case .kmeans:
            let centres = try KMeans.centres(
                of: windows, count: Self.centreCount, seed: seed, isCancelled: isCancelled)
            return Weights(unchecked: centres)
        }
    }

    // MARK: Reconstruction

    /// Returns the reconstruction of each window, `[N][T][F]` flat.
    /// - Parameters:
    ///   - windows: `[N][T][F]` in scaled units.
    ///   - weights: those of ``parameters(_:)``, one after the other.
    func reconstruct(_ windows: Windows<Float>, _ weights: [Float]) -> [Float] {
        let size = windows.timesteps * windows.features
        var values: [Float] = []
        values.reserveCapacity(windows.count * size)
        for index in 0..<windows.count { windows.withWindow(index) { values.append(contentsOf: $0) } }
        switch self {
        case .pca:
            let (mean, components) = (weights[..<size], Array(weights[size...]))
            for position in values.indices { values[position] -= mean[position % size] }
            guard !components.isEmpty else { return values.indices.map { mean[$0 % size] } }
            let coordinates = LinearAlgebra.product(values, transposed: components, inner: size)
            values = LinearAlgebra.product(coordinates, components, inner: components.count / size)
            for position in values.indices { values[position] += mean[position % size] }
        case .zscore:
            let features = windows.features
            for position in values.indices {
                let feature = position % features
                values[position] -= (values[position] - weights[feature]) / weights[features + feature]
            }
        case .kmeans:
            for start in stride(from: 0, to: values.count, by: size) {
                let nearest = KMeans.nearest(to: values[start..<(start + size)], in: weights).centre * size
                values.replaceSubrange(start..<(start + size), with: weights[nearest..<(nearest + size)])
            }
        }
        return values
    }
}
