/// The kind of a ``Scaler``.
public enum Scaling: String, Sendable, CaseIterable {
    /// Zero mean and unit variance for each feature, as scikit-learn's `StandardScaler` (with the population
    /// variance).
    case standard
    /// The range of each feature is mapped to 0…1, as scikit-learn's `MinMaxScaler`.
    case minmax
    /// As `standard`, without outliers (``Outliers``), and a constant feature is divided by 1e-4 of its
    /// value.
    case robust
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
    /// with `robust` scaling 1e-4 of its value, so that it scales to 0 instead of dividing by 0.
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

    /// The scales with which float32 has values of the usual size, and some that are far larger.
    private static let floatScales = 1e-30...1e30

    /// Whether values in the units of the data need double precision: an offset is more than 10^4 times the
    /// scale, or a scale is near the ends of what float32 can hold.
    public var needsDoublePrecision: Bool {
        offset.indices.contains {
            needsDoublePrecision(feature: $0) || !Self.floatScales.contains(scale[$0])
        }
    }

    /// Whether the values of a feature need double precision.
    package func needsDoublePrecision(feature: Int) -> Bool {
        // A constant feature with `robust` scaling has this ratio, up to rounding.
        abs(offset[feature]) * (1 - 1e-9) > Self.maxFloatRatio * scale[feature]
    }

    /// Fits a scaler; `standard` and `minmax` as scikit-learn's `fit`.
    /// - Parameters:
    ///   - scaling: the kind.
    ///   - series: `[rows][F]`.
    ///   - rows: the rows to fit to, without overlaps. Without rows the scaler is the identity.
    ///   - outliers: what `robust` scaling leaves out.
    @inlinable
    public init<Value>(
        _ scaling: Scaling, fittedTo series: Series<Value>, rows: [Range<Int>],
        without outliers: Outliers = .none
    ) {
        let features = series.features
        var offset = [Double](repeating: 0, count: features)
        var scale = [Double](repeating: 1, count: features)
        if scaling != .none, !rows.isEmpty {
            for feature in 0..<features {
                var column = Column(values: series.values, features: features, feature: feature, rows: rows)
                if scaling == .robust { column.leaveOut(outliers.columns.first { $0.feature == feature }) }
                let (low, spread) =
                    scaling == .minmax ? column.minimumAndRange() : column.meanAndStandardDeviation()
                offset[feature] = low
                // A smaller spread is rounding error: the feature is constant.
                if spread > Self.minSpread(at: low) {
                    scale[feature] = spread
                } else if scaling == .robust, low != 0 {
                    scale[feature] = max(abs(low) * Self.relativeScaleOfConstant, .leastNormalMagnitude)
                }
            }
        }
        self.init(scaling: scaling, offset: offset, scale: scale)
    }

    /// The spread of a feature at a level, up to which it counts as constant: rounding errors in the last
    /// digit of a double.
    @inlinable
    static func minSpread(at level: Double) -> Double { 2 * max(abs(level), .leastNormalMagnitude).ulp }

    /// The scale of a constant feature with `robust` scaling, as a share of its value.
    @usableFromInline static let relativeScaleOfConstant = 1e-4

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
                    let value = Double(rows[row + feature]) * scale[feature] + offset[feature]
                    target[row + feature] = value.limited
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
    @usableFromInline var rows: [Range<Int>]

    @inlinable
    init(values: [Value], features: Int, feature: Int, rows: [Range<Int>]) {
        self.values = values
        self.features = features
        self.feature = feature
        self.rows = rows
    }

    /// Removes the rows of outliers. The rows of both are ascending.
    @usableFromInline
    mutating func leaveOut(_ outliers: Outliers.Column?) {
        guard let outliers else { return }
        var next = outliers.rows[...]
        var rest: [Range<Int>] = []
        for range in rows {
            var start = range.lowerBound
            while let row = next.first, row < range.upperBound {
                if row >= start {
                    if row > start { rest.append(start..<row) }
                    start = row + 1
                }
                next = next.dropFirst()
            }
            if start < range.upperBound { rest.append(start..<range.upperBound) }
        }
        rows = rest
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
        if variance.isFinite, variance >= Self.minExactVariance { return (mean, variance.squareRoot()) }
        let farthest = reduce(0) { max($0, abs($1 - first)) }
        guard farthest > 0 else { return (mean, 0) }
        // Differences whose squares overflow or vanish: computed in a unit in which they are about 1.
        let size = farthest.isFinite ? farthest : .greatestFiniteMagnitude
        let unit = Double(sign: .plus, exponent: min(max(-size.exponent, -1000), 1000), significand: 1)
        let (count, scaledFirst) = (count, first * unit)
        let scaledMean = scaledFirst + reduce(0) { $0 + ($1 * unit - scaledFirst) / count }
        let scaledVariance = reduce(0) { $0 + ($1 * unit - scaledMean) * ($1 * unit - scaledMean) / count }
        return ((scaledMean / unit).limited, (scaledVariance.squareRoot() / unit).limited)
    }

    /// Smaller variances have lost digits because squares became subnormal.
    @usableFromInline static var minExactVariance: Double { 1e-280 }

    @inlinable
    func minimumAndRange() -> (Double, Double) {
        let low = reduce(.infinity, min)
        return (low, (reduce(-.infinity, max) - low).limited)
    }
}
