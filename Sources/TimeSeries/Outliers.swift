/// Cells so far outside the rest of their column that they say nothing about normal operation, such as -9999
/// for a failed reading or a unit that was mistaken once.
///
/// A column has outliers if at most 5 % of its values are more than ``minDeviations`` robust standard
/// deviations away from the median, *and* a gap separates them from the rest: the nearest of them is
/// ``minGap`` times as far from the median as the farthest of the rest. So the tail of a distribution with
/// heavy tails is no outlier, nor is a column that is 0 most of the time and large in bursts. The deviation
/// is the interquartile range divided by 1.349, which is that of a normal distribution. If that is 0, it is
/// the median distance of the values that differ from the median. If few values differ, only those are
/// outliers that are a usual code for a missing value.
///
/// Values that are the same each time are outliers however many they are, if they are as far from the rest:
/// those that are a usual code for a missing value, and in less than half of the rows one whose magnitude is
/// ``minRepeatedRatio`` times that of the rest. Other groups of more than 5 % are a state of the process.
public struct Outliers: Sendable, Equatable {
    /// The outliers of one column.
    public struct Column: Sendable, Equatable {
        /// The index of the feature.
        public let feature: Int
        /// The rows, ascending.
        public let rows: [Int]
        /// The values in these rows.
        public let values: [Double]
    }

    /// The columns that have outliers, in order.
    public let columns: [Column]

    /// No outliers.
    public static let none = Outliers(columns: [])

    private static let maxShare = 0.05
    private static let minDeviations = 20.0
    private static let minGap = 3.0
    private static let minRepeatedRatio = 100.0
    /// With fewer rows, a column has no outliers.
    private static let minRows = 8

    init(columns: [Column]) { self.columns = columns }

    /// Finds the outliers of each column.
    /// - Parameters:
    ///   - series: `[rows][F]` without missing values.
    ///   - rows: the rows to look at, without overlaps, ascending.
    public init(in series: Series<Double>, rows: [Range<Int>]) {
        let indices = rows.flatMap(\.self)
        guard indices.count >= Self.minRows else {
            self = .none
            return
        }
        columns = (0..<series.features).compactMap { feature in
            let values = indices.map { series.values[$0 * series.features + feature] }
            let found = Self.positions(in: values)
            guard !found.isEmpty else { return nil }
            return Column(feature: feature, rows: found.map { indices[$0] }, values: found.map { values[$0] })
        }
    }

    /// Whether there are none.
    public var isEmpty: Bool { columns.isEmpty }

    /// For each row of a series, whether it has an outlier.
    /// - Parameter count: the number of rows.
    public func flags(rows count: Int) -> [Bool] {
        var flags = [Bool](repeating: false, count: count)
        for column in columns { for row in column.rows { flags[row] = true } }
        return flags
    }

    /// The rows that have an outlier, as ascending ranges that neither overlap nor touch.
    public var rows: [Range<Int>] {
        var ranges: [Range<Int>] = []
        for row in Set(columns.flatMap(\.rows)).sorted() {
            if let last = ranges.last, last.upperBound == row {
                ranges[ranges.count - 1] = last.lowerBound..<(row + 1)
            } else {
                ranges.append(row..<(row + 1))
            }
        }
        return ranges
    }

    /// Returns the positions of the outliers of a column, ascending.
    /// - Parameters:
    ///   - values: without missing values.
    ///   - sorted: the values, ascending, if they are known.
    package static func positions(in values: [Double], sorted: [Double]? = nil) -> [Int] {
        guard values.count >= minRows else { return [] }
        let repeated = repeatedOutliers(in: values)
        guard !repeated.isEmpty else {
            return isolatedPositions(in: values, sorted: sorted ?? values.sorted())
        }
        let rest = values.indices.filter { !repeated.contains(values[$0]) }
        let others = rest.map { values[$0] }
        let isolated = rest.count < minRows ? [] : isolatedPositions(in: others, sorted: others.sorted())
        return (isolated.map { rest[$0] } + values.indices.filter { repeated.contains(values[$0]) }).sorted()
    }

    /// The values that are outliers though they may be many.
    private static func repeatedOutliers(in values: [Double]) -> Set<Double> {
        var rest = values.filter { !isUsualCode($0) }
        var found: Set<Double> = []
        if rest.count < values.count {
            let codes = Set(values.lazy.filter(isUsualCode))
            let bulk = rest.count < minRows ? nil : Bulk(of: rest)
            // 65535 beside zeros may be a flag.
            found = codes.filter { code in
                bulk.map { $0.isFar(code) && ($0.varies || $0.median != 0 || code < 0) } ?? false
            }
        }
        // The value of the largest magnitude.
        guard let low = rest.min(), let high = rest.max() else { return found }
        let extreme = abs(low) > abs(high) ? low : high
        let count = rest.count { $0 == extreme }
        guard Double(count) > maxShare * Double(values.count), 2 * count < values.count else { return found }
        rest.removeAll { $0 == extreme }
        let largest = rest.reduce(0) { max($0, abs($1)) }
        guard rest.count >= minRows, abs(extreme) >= minRepeatedRatio * largest else { return found }
        // Beside values that are mostly the same, it may be a state.
        let bulk = Bulk(of: rest)
        if bulk.varies, bulk.isFar(extreme) { found.insert(extreme) }
        return found
    }

    /// Where most of some values are.
    private struct Bulk {
        let median: Double
        let spread: Double
        let farthest: Double

        init(of values: [Double]) {
            let sorted = values.sorted()
            median = sorted[sorted.count / 2]
            spread = (sorted[3 * sorted.count / 4] - sorted[sorted.count / 4]) / 1.349
            farthest = max(sorted[sorted.count - 1] - median, median - sorted[0])
        }

        /// Whether most values differ.
        var varies: Bool { spread > Scaler.minSpread(at: median) }

        /// Whether a value is an outlier beside these.
        func isFar(_ value: Double) -> Bool {
            let distance = abs(value - median)
            return distance > minDeviations * spread && distance > minGap * farthest
        }
    }

    /// Returns the positions of outliers that are few.
    private static func isolatedPositions(in values: [Double], sorted: [Double]) -> [Int] {
        let count = sorted.count
        let median = sorted[count / 2]
        let limit = max(1, Int(maxShare * Double(count)))
        // Nothing is far away: the usual case, decided without another sort.
        let spread = (sorted[3 * count / 4] - sorted[count / 4]) / 1.349
        let isConstant = spread <= Scaler.minSpread(at: median)
        let farthest = max(sorted[count - 1] - median, median - sorted[0])
        guard isConstant || farthest > minDeviations * spread else { return [] }

        let distances = values.map { abs($0 - median) }
        let ranked = distances.sorted()
        var deviation = spread
        if isConstant {
            let other = ranked.partitioningIndex { $0 > Scaler.minSpread(at: median) }
            guard count - other > limit else {
                return values.indices.filter {
                    distances[$0] > Scaler.minSpread(at: median) && isCodeOfMissingValue(values[$0])
                }
            }
            deviation = ranked[(other + count) / 2]
        }
        for position in (count - limit)..<count
        where ranked[position] > minDeviations * deviation && ranked[position] > minGap * ranked[position - 1]
        {
            return distances.indices.filter { distances[$0] >= ranked[position] }
        }
        return []
    }

    /// Whether a value is one that software writes for a failed reading, or larger than any sensor's.
    private static func isCodeOfMissingValue(_ value: Double) -> Bool {
        abs(value) >= 1e15 || isUsualCode(value)
    }

    /// Whether a value is one that software writes for a failed reading: at least three nines, also with a
    /// fraction of .25 as in well logs, or the limits of integers.
    private static func isUsualCode(_ value: Double) -> Bool {
        let size = abs(value)
        guard size >= 999, size <= 999_999_999_999 else { return false }
        guard let integer = Int(exactly: size) else { return value == -999.25 }
        switch integer {
        case 32_767, 32_768, 65_535, 2_147_483_647, 2_147_483_648, 4_294_967_295: return true
        default: return integer % 1000 == 999 && "\(integer)".allSatisfy { $0 == "9" }
        }
    }
}

/// What a training does with rows that have outliers.
public enum OutlierPolicy: String, Sendable, CaseIterable {
    /// Windows that contain one are left out of fitting, validation and calibration.
    case exclude
    /// They are used like other rows.
    case keep
}

extension Array {
    /// The first position from which on a condition holds, if it holds for all positions behind the first.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
