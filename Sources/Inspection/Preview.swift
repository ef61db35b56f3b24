import DataFormats

/// A table in a bounded number of points, to draw it.
///
/// A point is a number of consecutive rows, ``rowsPerPoint``; the last one may have fewer.
public struct Preview: Sendable {
    /// The range of a feature in each point.
    public struct Column: Sendable {
        /// The name of the feature; its index if it has none.
        public let name: String
        /// The smallest value of each point, `[points]`; NaN for a point without values.
        public let minimum: [Double]
        /// The largest value of each point, `[points]`; NaN for a point without values.
        public let maximum: [Double]
    }

    /// The number of rows of a point.
    public let rowsPerPoint: Int
    /// The features, in the order of the table.
    public let columns: [Column]
    /// The first row of each point, `[points]`.
    public let firstRows: [Int]
    /// The times of the rows; nil without timestamps.
    public let timestamps: Timestamps?
    /// Whether a row of the point is flagged, `[points]`; nil without flags.
    public let flags: [Bool]?
    /// The rows of the first recordings, at most as many as points were allowed.
    public let recordings: [Range<Int>]

    /// The maximum number of values, for the size of a response.
    private static let maxValues = 1 << 20

    /// - Parameter maxPoints: the maximum number of points, at least 1. A table of many features gets fewer.
    init(_ table: Table, maxPoints: Int) {
        let points = max(1, min(maxPoints, Self.maxValues / (2 * table.featureCount)))
        let width = max(1, (table.rows + points - 1) / points)
        let starts = Array(stride(from: 0, to: table.rows, by: width))
        let ranges = starts.map { $0..<min($0 + width, table.rows) }
        rowsPerPoint = width
        firstRows = starts
        columns = (0..<table.featureCount).map { feature in
            var minimum = [Double](repeating: .nan, count: ranges.count)
            var maximum = minimum
            for (point, rows) in ranges.enumerated() {
                for row in rows {
                    // The minimum of NaN and a number is the number.
                    let value = table.values[row * table.featureCount + feature]
                    minimum[point] = .minimum(minimum[point], value)
                    maximum[point] = .maximum(maximum[point], value)
                }
            }
            return Column(
                name: table.features?[feature] ?? "\(feature)", minimum: minimum, maximum: maximum)
        }
        timestamps = table.timestamps
        flags =
            table.flags.isEmpty
            ? nil : ranges.map { rows in table.flags.values.contains { $0[rows].contains(true) } }
        recordings = Array(table.recordings.prefix(maxPoints))
    }
}
