/// Which scaling to learn.
public enum Scaling: String, Sendable, CaseIterable {
    /// Zero mean and unit (population) variance per feature, as scikit-learn's `StandardScaler`.
    case standard
    /// Each feature's range to 0…1, as scikit-learn's `MinMaxScaler`.
    case minmax
    /// The data as they are.
    case none
}

/// A scaling of each feature, learned on training rows: `scaled = (x - offset) / scale`.
public struct Scaler: Sendable, Equatable {
    /// What was learned.
    public let scaling: Scaling
    /// `[F]`, in the data's units: the mean, the minimum, or zeros.
    public let offset: [Float]
    /// `[F]`, in the data's units: the standard deviation, the range, or ones. A constant feature has 1, so
    /// that it scales to 0 instead of dividing by 0.
    public let scale: [Float]

    /// Wraps known parameters.
    public init(scaling: Scaling, offset: [Float], scale: [Float]) {
        precondition(offset.count == scale.count)
        self.scaling = scaling
        self.offset = offset
        self.scale = scale
    }

    /// Leaves rows of so many features as they are.
    public static func identity(features: Int) -> Scaler {
        Scaler(
            scaling: .none, offset: [Float](repeating: 0, count: features),
            scale: [Float](repeating: 1, count: features))
    }

    /// Learns a scaling from some rows of a series, each counted once.
    public init(_ scaling: Scaling, learnedFrom series: Series, rows: [Range<Int>]) {
        let features = series.features
        var offset = [Float](repeating: 0, count: features)
        var scale = [Float](repeating: 1, count: features)
        if scaling != .none, !rows.isEmpty {
            for feature in 0..<features {
                let column = Column(values: series.values, features: features, feature: feature, rows: rows)
                let (low, spread) =
                    scaling == .standard ? column.meanAndDeviation() : column.minimumAndRange()
                offset[feature] = Float(low)
                // A feature that is constant but for rounding has no scale to speak of.
                scale[feature] = spread > 1e-7 * max(abs(low), .leastNormalMagnitude) ? Float(spread) : 1
            }
        }
        self.init(scaling: scaling, offset: offset, scale: scale)
    }

    /// Scales rows of F features in place.
    public func apply(to rows: inout [Float]) {
        guard scaling != .none else { return }
        mapRows(&rows) { ($0 - $1) / $2 }
    }

    /// Brings scaled rows of F features back to the data's units, in place.
    public func undo(_ rows: inout [Float]) {
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

/// One feature of some rows, summed in double precision.
private struct Column {
    let values: [Float]
    let features: Int
    let feature: Int
    let rows: [Range<Int>]

    private var count: Double { Double(rows.reduce(0) { $0 + $1.count }) }

    private func reduce(_ initial: Double, _ combine: (Double, Double) -> Double) -> Double {
        rows.joined().reduce(initial) { combine($0, Double(values[$1 * features + feature])) }
    }

    func meanAndDeviation() -> (Double, Double) {
        let mean = reduce(0, +) / count
        let variance = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, variance.squareRoot())
    }

    func minimumAndRange() -> (Double, Double) {
        let low = reduce(.infinity, min)
        return (low, reduce(-.infinity, max) - low)
    }
}
