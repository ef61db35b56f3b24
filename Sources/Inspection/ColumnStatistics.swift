import DataFormats
import TimeSeries

/// The values of a feature.
public struct ColumnStatistics: Sendable {
    /// How a feature moves that says where a row stands, not what was measured.
    public enum Trend: String, Sendable {
        /// In equal steps, as a clock or an index does.
        case clock
        /// In steps of different sizes, as a counter does.
        case counter
        /// To each whole number of a range once, as the index of shuffled rows does.
        case index
        /// Up a few whole numbers, each of which stands for many rows, as the number of a batch does.
        case stairs
    }

    /// The number of rows that count.
    public let rows: Int
    /// The number of missing values among them.
    public let missing: Int
    /// The smallest value; nil without values.
    public let minimum: Double?
    /// The median, the lower one of two; nil without values.
    public let median: Double?
    /// The largest value; nil without values.
    public let maximum: Double?
    /// The median of the distances from the median; nil without values.
    public let medianAbsoluteDeviation: Double?
    /// The number of different values.
    public let distinct: Int
    /// How the feature moves, if it only rises or only falls, or is an index.
    public let trend: Trend?
    /// The minimum number of rows of a value, if they are stairs.
    let shortestStair: Int?
    /// The values that are far outside the rest, with their rows, in the order of the rows.
    public let outliers: [(row: Int, value: Double)]
    /// Values that are used like others, but may be faults.
    public let doubtful: [DoubtfulValues]
    /// The first rows without a value, of those that were sent.
    public let missingRows: [Int]

    /// The share of missing values.
    public var missingShare: Double { rows == 0 ? 0 : Double(missing) / Double(rows) }
    /// Whether all values are equal, and there are several.
    public var isConstant: Bool { distinct == 1 && rows - missing > 1 }
    /// Whether all values are 0 or 1.
    public var isFlag: Bool {
        (1...2).contains(distinct) && Set([minimum, maximum]).isSubset(of: [0, 1])
    }
    /// Whether the values are -1 and 1, as scikit-learn writes labels.
    public var isSign: Bool { distinct == 2 && minimum == -1 && maximum == 1 }

    /// The first rows without a value, or with one that is far outside the rest.
    public var badRows: [Int] {
        Array(Set(missingRows + outliers.map(\.row)).sorted().prefix(Self.maxRows))
    }

    /// The maximum number of rows that are listed.
    static let maxRows = 20

    /// Computes the statistics of a feature.
    /// - Parameters:
    ///   - origins: the row of the request that each row is.
    ///   - excluded: the rows that do not count, `[rows]`.
    ///   - findsTrends: whether the rows of a recording follow one another long enough for a trend.
    init(_ table: Table, feature: Int, origins: RowOrigins, excluded: [Bool]?, findsTrends: Bool) {
        var known: [(row: Int, value: Double)] = []
        known.reserveCapacity(table.rows)
        var missingRows: [Int] = []
        var missing = 0
        var row = 0
        for index in stride(from: feature, to: table.values.count, by: table.featureCount) {
            defer { row += 1 }
            if let excluded, excluded[row] { continue }
            let value = table.values[index]
            if value.isNaN {
                missing += 1
                if let row = origins[row] { missingRows.append(row) }
            } else {
                known.append((row, value))
            }
        }
        rows = known.count + missing
        self.missing = missing
        self.missingRows = Array(missingRows.sorted().prefix(Self.maxRows))
        let sorted = known.map(\.value).sorted()
        (minimum, maximum) = (sorted.first, sorted.last)
        distinct = sorted.isEmpty ? 0 : 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
        if !findsTrends {
            trend = nil
        } else if distinct >= Self.minTrendRows {
            trend =
                Self.trend(of: known, table.recordings)
                ?? (distinct == rows && Self.isRangeOfIntegers(sorted) ? .index : nil)
        } else {
            trend = distinct >= Self.minStairs && Self.areStairs(known.map(\.value)) ? .stairs : nil
        }
        shortestStair = trend == .stairs ? Self.shortestRun(in: sorted) : nil
        guard !sorted.isEmpty else {
            (median, medianAbsoluteDeviation, outliers, doubtful) = (nil, nil, [], [])
            return
        }
        median = sorted[(sorted.count - 1) / 2]
        medianAbsoluteDeviation = Self.distance((sorted.count - 1) / 2, in: sorted)
        let values = trend == nil ? known.map(\.value) : []
        let ordered = trend == nil ? sorted : []
        let positions = Outliers.positions(in: values, sorted: ordered)
        doubtful = DoubtfulValues.find(in: values, sorted: ordered, without: positions).map { found in
            found.located { origins[known[$0].row] ?? known[$0].row }
        }
        outliers = positions.map { position in
            let (row, value) = known[position]
            return (origins[row] ?? row, value)
        }.sorted { $0.row < $1.row }
    }

    /// The distance from the median that has a rank among all of them, counted from 0.
    /// - Parameter sorted: the values, ascending.
    private static func distance(_ rank: Int, in sorted: [Double]) -> Double {
        // Outwards from the median, the nearer of the next values on both sides.
        var low = (sorted.count - 1) / 2
        let median = sorted[low]
        var (high, distance) = (low + 1, 0.0)
        for _ in 0...rank {
            let below = low >= 0 ? median - sorted[low] : .infinity
            let above = high < sorted.count ? sorted[high] - median : .infinity
            if low >= 0, below <= above { low -= 1 } else { high += 1 }
            distance = min(below, above)
        }
        return distance
    }

    // MARK: Trends

    /// The minimum number of different values of a trend, so that a short series that rises is none.
    private static let minTrendRows = 20

    /// Whether sorted values are whole numbers without a gap.
    private static func isRangeOfIntegers(_ sorted: [Double]) -> Bool {
        sorted[0].rounded() == sorted[0] && zip(sorted, sorted.dropFirst()).allSatisfy { $1 == $0 + 1 }
    }

    /// The minimum number of different values of stairs. Two are a change.
    private static let minStairs = 3
    /// The minimum mean number of rows of a value of stairs.
    private static let minStairRows = 5

    /// Whether values are whole numbers that never fall, in long blocks.
    private static func areStairs(_ values: [Double]) -> Bool {
        var blocks = 1
        for (last, next) in zip(values, values.dropFirst()) {
            if next < last { return false }
            if next > last { blocks += 1 }
        }
        return values.count >= minStairRows * blocks && values.allSatisfy { $0 == $0.rounded() }
    }

    /// The minimum number of equal values in a row.
    private static func shortestRun(in sorted: [Double]) -> Int {
        var (shortest, start) = (sorted.count, 0)
        for end in 1...sorted.count where end == sorted.count || sorted[end] != sorted[start] {
            (shortest, start) = (min(shortest, end - start), end)
        }
        return shortest
    }

    private static func trend(
        of known: [(row: Int, value: Double)], _ recordings: [Range<Int>]
    ) -> Trend? {
        var (rises, falls, smallest, largest) = (0, 0, Double.infinity, 0.0)
        var recording = 0
        for (last, next) in zip(known, known.dropFirst()) {
            while recordings[recording].upperBound <= last.row { recording += 1 }
            guard recordings[recording].contains(next.row) else { continue }
            // Steps over rows without a value are no measure of the usual step.
            let step = (next.value - last.value) / Double(next.row - last.row)
            if step > 0 { rises += 1 } else if step < 0 { falls += 1 }
            if rises > 0, falls > 0 { return nil }
            (smallest, largest) = (min(smallest, abs(step)), max(largest, abs(step)))
        }
        guard rises + falls >= minTrendRows else { return nil }
        return largest - smallest <= 1e-6 * largest ? .clock : .counter
    }
}
