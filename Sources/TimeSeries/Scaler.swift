/// The kind of a ``Scaler``.
public enum Scaling: String, Sendable, CaseIterable {
    /// Zero mean and unit variance for each feature, as scikit-learn's `StandardScaler` (with the population
    /// variance).
    case standard
    /// The range of each feature is mapped to 0…1, as scikit-learn's `MinMaxScaler`.
    case minmax
    /// The data are not scaled.
    case none
}

/// A linear scaling of each feature: `scaled = (x - offset) / scale`.
public struct Scaler: Sendable, Equatable {
    /// The kind of scaling.
    public let scaling: Scaling
    /// `[F]`, in the units of the data: the mean, the minimum, or zeros.
    public let offset: [Float]
    /// `[F]`, in the units of the data: the standard deviation, the range, or ones. A constant feature has 1,
    /// so that it scales to 0 instead of dividing by 0.
    public let scale: [Float]

    /// Restores a scaler from its parameters.
    /// - Parameters:
    ///   - scaling: the kind.
    ///   - offset: `[F]`.
    ///   - scale: `[F]`, none of it 0.
    public init(scaling: Scaling, offset: [Float], scale: [Float]) {
        precondition(offset.count == scale.count)
        self.scaling = scaling
        self.offset = offset
        self.scale = scale
    }

    /// A scaler that leaves rows of `features` numbers unchanged.
    public static func identity(features: Int) -> Scaler {
        Scaler(
            scaling: .none, offset: [Float](repeating: 0, count: features),
            scale: [Float](repeating: 1, count: features))
    }

    /// Fits a scaler, as scikit-learn's `fit`.
    /// - Parameters:
    ///   - scaling: the kind.
    ///   - series: `[rows][F]`.
    ///   - rows: the rows to fit to, without overlaps. Without rows the scaler is the identity.
    public init(_ scaling: Scaling, fittedTo series: Series, rows: [Range<Int>]) {
        let features = series.features
        var offset = [Float](repeating: 0, count: features)
        var scale = [Float](repeating: 1, count: features)
        if scaling != .none, !rows.isEmpty {
            for feature in 0..<features {
                let column = Column(values: series.values, features: features, feature: feature, rows: rows)
                let (low, spread) =
                    scaling == .standard ? column.meanAndStandardDeviation() : column.minimumAndRange()
                offset[feature] = Float(low)
                // A smaller spread is rounding error: the feature is constant.
                scale[feature] = spread > 1e-7 * max(abs(low), .leastNormalMagnitude) ? Float(spread) : 1
            }
        }
        self.init(scaling: scaling, offset: offset, scale: scale)
    }

    /// Scales rows `[rows][F]` in place, as scikit-learn's `transform`.
    public func transform(_ rows: inout [Float]) {
        guard scaling != .none else { return }
        mapRows(&rows) { ($0 - $1) / $2 }
    }

    /// Converts scaled rows `[rows][F]` to the units of the data in place, as scikit-learn's
    /// `inverse_transform`.
    public func inverseTransform(_ rows: inout [Float]) {
        guard scaling != .none else { return }
        mapRows(&rows) { $0 * $2 + $1 }
    }

    private func mapRows(
        _ rows: inout [Float], _ transform: (_ x: Float, _ offset: Float, _ scale: Float) -> Float
    ) {
        let features = offset.count
        precondition(rows.count.isMultiple(of: features))
        rows.withUnsafeMutableBufferPointer { buffer in
            offset.withUnsafeBufferPointer { offset in
                scale.withUnsafeBufferPointer { scale in
                    for row in stride(from: 0, to: buffer.count, by: features) {
                        for feature in 0..<features {
                            buffer[row + feature] = transform(
                                buffer[row + feature], offset[feature], scale[feature])
                        }
                    }
                }
            }
        }
    }
}

/// One feature of a selection of rows. Sums are in double precision.
private struct Column {
    let values: [Float]
    let features: Int
    let feature: Int
    let rows: [Range<Int>]

    private var count: Double { Double(rows.reduce(0) { $0 + $1.count }) }

    private func reduce(_ initial: Double, _ combine: (Double, Double) -> Double) -> Double {
        rows.joined().reduce(initial) { combine($0, Double(values[$1 * features + feature])) }
    }

    func meanAndStandardDeviation() -> (Double, Double) {
        let mean = reduce(0, +) / count
        let variance = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, variance.squareRoot())
    }

    func minimumAndRange() -> (Double, Double) {
        let low = reduce(.infinity, min)
        return (low, reduce(-.infinity, max) - low)
    }
}
