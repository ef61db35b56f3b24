/// Rows with the times at which they were measured, and what belongs to each row.
///
/// The operations on it are to be done in this order: ``order(_:)``, ``mergeDuplicates(_:)``,
/// ``splitAtGaps(_:interval:)`` and ``resample(_:maxValues:)``. Each keeps to the recordings: no row passes
/// from one to another.
public struct TimedRows: Sendable, Equatable {
    /// `[rows][F]`, in the units of the data.
    public internal(set) var series: Series<Double>
    /// The time of each row in nanoseconds since the start of the clock, `[rows]`.
    public internal(set) var instants: [Int64]
    /// The rows of each recording, in order.
    public internal(set) var recordings: [Range<Int>]
    /// The flags of the rows, `[rows]`, by what they say of a row.
    public internal(set) var flags: [String: [Bool]]
    /// The row of the data as they were sent that each row is, `[rows]`, or the last of those that it was
    /// computed from; nil if the rows are as they were sent, or were resampled.
    public internal(set) var origins: [Int]?
    /// The last row of the data as they were sent in each cell of the grid, `[rows]`; nil unless the rows
    /// were resampled. An element is nil for a cell without rows.
    var cellOrigins: [Int?]?
    /// Whether the instants are on a grid, so that timestamps have to be made from them.
    public internal(set) var isResampled = false
    /// Whether the clock shows a local time, which is set back at the end of daylight saving time.
    public let hasLocalClock: Bool

    /// The number of rows.
    public var rows: Int { instants.count }

    /// Creates rows as they were sent.
    /// - Parameters:
    ///   - series: `[rows][F]`.
    ///   - instants: `[rows]`.
    ///   - recordings: ranges of rows, in order; nil for one recording of all rows.
    ///   - flags: `[rows]`, by what they say of a row.
    ///   - hasLocalClock: whether the instants are local times.
    public init(
        _ series: Series<Double>, instants: [Int64], recordings: [Range<Int>]? = nil,
        flags: [String: [Bool]] = [:], hasLocalClock: Bool = false
    ) {
        precondition(instants.count == series.rows && flags.values.allSatisfy { $0.count == series.rows })
        self.series = series
        self.instants = instants
        self.recordings = recordings ?? [0..<series.rows]
        self.flags = flags
        self.hasLocalClock = hasLocalClock
    }

    /// Creates rows of which only the times matter.
    public init(instants: [Int64], recordings: [Range<Int>], hasLocalClock: Bool) {
        let values = [Double](repeating: 0, count: instants.count)
        self.init(
            Series(unchecked: values, features: 1), instants: instants, recordings: recordings,
            hasLocalClock: hasLocalClock)
    }

    /// The rows of the data as they were sent that the rows are.
    public var rowOrigins: RowOrigins { RowOrigins(cellOrigins ?? origins) }

    /// Returns the row of the data as they were sent.
    func origin(of row: Int) -> Int { origins?[row] ?? row }

    /// Replaces the rows by some of them.
    /// - Parameters:
    ///   - rows: the rows to keep, in their new order.
    ///   - recordings: the recordings among them.
    mutating func keep(_ rows: [Int], recordings: [Range<Int>]) {
        let features = series.features
        var values: [Double] = []
        values.reserveCapacity(rows.count * features)
        for row in rows { values += series.values[(row * features)..<((row + 1) * features)] }
        series = Series(unchecked: values, features: features)
        instants = rows.map { instants[$0] }
        flags = flags.mapValues { flags in rows.map { flags[$0] } }
        origins = rows.map { origin(of: $0) }
        self.recordings = recordings
    }

    /// Returns the nanoseconds from the row before to a row, limited to the range of Int64.
    func interval(before row: Int) -> Int64 {
        TimeSpan.nanoseconds(from: instants[row - 1], to: instants[row])
    }

    /// The rows that have a row before them in their recording, in order.
    var successors: some Sequence<Int> {
        recordings.lazy.flatMap { ($0.lowerBound + 1)..<max($0.lowerBound + 1, $0.upperBound) }
    }
}

/// The error for rows that cannot be used because of their times.
public struct TimeError: Error, Sendable, Equatable {
    /// The kind of the trouble.
    public let code: WarningCode
    /// The first row concerned, counted from 0 in the data as they were sent; nil if it concerns no row.
    public let row: Int?
    /// What is wrong with the row's timestamp, and what would be right: a predicate without the subject, such
    /// as "is earlier than …".
    public let detail: String
    /// The rows concerned; as in a warning.
    public let rows: [Range<Int>]?

    init(_ code: WarningCode, row: Int? = nil, _ detail: String, rows: [Range<Int>]? = nil) {
        self.code = code
        self.row = row
        self.detail = detail
        self.rows = rows
    }

    /// The error as a warning, for a report about data that are not used.
    public var warning: Warning {
        let subject = row.map { "The timestamp of row \($0) " } ?? ""
        return Warning(code, .error, "\(subject)\(detail).", rows: rows)
    }
}

extension TimedRows {
    /// Returns rows as ranges of rows of the data as they were sent: at most the first 100.
    func originRanges(of rows: [Int]) -> [Range<Int>] { RowOrigins(origins).ranges(of: rows) }
}
