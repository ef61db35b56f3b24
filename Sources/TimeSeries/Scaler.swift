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
///
/// Offset and scale are doubles, and the difference is computed in double precision, so that a large offset
/// costs no precision: 10^9 ± 1 scales as 0 ± 1 does.
public struct Scaler: Sendable, Equatable {
    /// The kind of scaling.
    public let scaling: Scaling
    /// `[F]`, in the units of the data: the mean, the minimum, or zeros.
    public let offset: [Double]
    /// `[F]`, in the units of the data: the standard deviation, the range, or ones. A constant feature has 1,
    /// so that it scales to 0 instead of dividing by 0.
    public let scale: [Double]

    /// The maximum of scaled values; larger ones are clamped. Products with weights stay finite below it.
    public static let maxScaledValue: Float = 1e30
    /// The largest ratio of offset and scale with which float32 holds the data with enough precision.
    private static let maxFloatRatio = 1e4

    /// Restores a scaler from its parameters.
    /// - Parameters:
    ///   - scaling: the kind.
    ///   - offset: `[F]`.
    ///   - scale: `[F]`, none of it 0.
    public init(scaling: Scaling, offset: [Double], scale: [Double]) {
        precondition(offset.count == scale.count)
        self.scaling = scaling
        self.offset = offset
        self.scale = scale
    }

    /// A scaler that leaves rows of `features` numbers unchanged.
    public static func identity(features: Int) -> Scaler {
        Scaler(
            scaling: .none, offset: [Double](repeating: 0, count: features),
            scale: [Double](repeating: 1, count: features))
    }

    /// Whether values in the units of the data need double precision, because an offset is more than 10^4
    /// times the scale.
    public var needsDoublePrecision: Bool {
        zip(offset, scale).contains { abs($0) > Self.maxFloatRatio * $1 }
    }

    /// Fits a scaler, as scikit-learn's `fit`.
    /// - Parameters:
    ///   - scaling: the kind.
    ///   - series: `[rows][F]`.
    ///   - rows: the rows to fit to, without overlaps. Without rows the scaler is the identity.
    @inlinable
    public init<Value>(_ scaling: Scaling, fittedTo series: Series<Value>, rows: [Range<Int>]) {
        let features = series.features
        var offset = [Double](repeating: 0, count: features)
        var scale = [Double](repeating: 1, count: features)
        if scaling != .none, !rows.isEmpty {
            for feature in 0..<features {
                let column = Column(values: series.values, features: features, feature: feature, rows: rows)
                let (low, spread) =
                    scaling == .standard ? column.meanAndStandardDeviation() : column.minimumAndRange()
                offset[feature] = low
                // A smaller spread is rounding error: the feature is constant.
                scale[feature] = spread > Self.minSpread(at: low) ? spread : 1
            }
        }
        self.init(scaling: scaling, offset: offset, scale: scale)
    }

    /// The spread of a feature at a level, up to which it counts as constant.
    @inlinable
    static func minSpread(at level: Double) -> Double { 1e-13 * max(abs(level), .leastNormalMagnitude) }

    /// Scales rows, as scikit-learn's `transform`, and limits the result to ±``maxScaledValue``.
    /// - Parameter series: `[rows][F]` in the units of the data.
    /// - Returns: `[rows][F]` in scaled units. NaN stays NaN.
    public func transform(_ series: Series<Double>) -> Series<Float> {
        let features = offset.count
        precondition(series.features == features)
        let count = series.values.count
        let limit = Double(Self.maxScaledValue)
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            series.values.withUnsafeBufferPointer { source in
                offset.withUnsafeBufferPointer { offset in
                    scale.withUnsafeBufferPointer { scale in
                        for row in stride(from: 0, to: count, by: features) {
                            for feature in 0..<features {
                                let scaled = (source[row + feature] - offset[feature]) / scale[feature]
                                target[row + feature] = Float(
                                    scaled > limit ? limit : scaled < -limit ? -limit : scaled)
                            }
                        }
                    }
                }
            }
            initialized = count
        }
        return Series(unchecked: values, features: features)
    }

    /// Converts scaled rows to the units of the data, as scikit-learn's `inverse_transform`.
    /// - Parameter rows: `[rows][F]`.
    public func inverseTransform(_ rows: [Float]) -> [Double] {
        let features = offset.count
        precondition(rows.count.isMultiple(of: features))
        return [Double](unsafeUninitializedCapacity: rows.count) { target, initialized in
            for row in stride(from: 0, to: rows.count, by: features) {
                for feature in 0..<features {
                    target[row + feature] = Double(rows[row + feature]) * scale[feature] + offset[feature]
                }
            }
            initialized = rows.count
        }
    }
}

/// One feature of a selection of rows. Sums are in double precision.
@usableFromInline
struct Column<Value: BinaryFloatingPoint & Sendable> {
    @usableFromInline let values: [Value]
    @usableFromInline let features: Int
    @usableFromInline let feature: Int
    @usableFromInline let rows: [Range<Int>]

    @inlinable
    init(values: [Value], features: Int, feature: Int, rows: [Range<Int>]) {
        self.values = values
        self.features = features
        self.feature = feature
        self.rows = rows
    }

    @inlinable var count: Double { Double(rows.reduce(0) { $0 + $1.count }) }

    @inlinable
    func reduce(_ initial: Double, _ combine: (Double, Double) -> Double) -> Double {
        var result = initial
        for range in rows {
            for row in range { result = combine(result, Double(values[row * features + feature])) }
        }
        return result
    }

    @inlinable
    func meanAndStandardDeviation() -> (Double, Double) {
        // The first value is subtracted, so that the sum of large values loses no digits.
        guard let first = rows.first.map({ Double(values[$0.lowerBound * features + feature]) }) else {
            return (0, 0)
        }
        let mean = first + reduce(0) { $0 + ($1 - first) } / count
        let variance = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, variance.squareRoot())
    }

    @inlinable
    func minimumAndRange() -> (Double, Double) {
        let low = reduce(.infinity, min)
        return (low, reduce(-.infinity, max) - low)
    }
}
