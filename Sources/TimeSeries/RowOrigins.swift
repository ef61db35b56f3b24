/// The rows of the data as they were sent that rows are which have been sorted, merged or resampled, so that
/// reports name the former.
public struct RowOrigins: Sendable, Equatable {
    /// `[rows]`; nil if no row has moved. An element is nil for a row of a grid for which none was sent.
    private let rows: [Int?]?

    /// No row has moved.
    public static let same = RowOrigins(nil)

    /// - Parameter rows: for each row the one that was sent, or the last of those that it was computed from;
    ///   nil for a row of a grid for which none was sent. nil if no row has moved.
    public init(_ rows: [Int?]?) { self.rows = rows }

    /// The row as it was sent; nil for a row of a grid for which none was sent.
    public subscript(row: Int) -> Int? {
        guard let rows else { return row }
        return rows[row]
    }

    /// Returns a warning whose rows are those that were sent.
    public func locating(_ warning: Warning) -> Warning {
        guard rows != nil, let ranges = warning.rows else { return warning }
        return Warning(
            warning.code, warning.level, warning.message, columns: warning.columns,
            rows: self.ranges(of: ranges.joined()))
    }

    /// The maximum number of ranges of rows in a warning.
    private static let maxRanges = 100

    /// Returns rows as ranges of rows that were sent: at most the first 100.
    public func ranges(of rows: some Sequence<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for row in rows.compactMap({ self[$0] }).sorted() {
            if let last = ranges.last, row <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, row + 1)
            } else if ranges.count < Self.maxRanges {
                ranges.append(row..<(row + 1))
            } else {
                break
            }
        }
        return ranges
    }
}
