import DataFormats
import TimeSeries

/// The times of rows as they were sent, in the units that responses have.
public struct TimeInspection: Sendable, Equatable {
    /// How the cells were understood, in a few words.
    public let format: String
    /// What the times count from.
    public let clock: Timestamps.Clock
    /// The order within recordings.
    public let order: RowOrder
    /// The median interval between rows, in seconds; nil without rows of different times.
    public let interval: Double?
    /// The number of rows with the time of another row.
    public let duplicates: Int
    /// The rows before which there is a gap; by the default rule (``TimeSeries/GapRule/automatic``), if no
    /// other was used.
    public var gaps: [Int]
    /// The interval of a grid for rows whose intervals vary; nil for regular ones.
    public let gridInterval: TimeSpan?
    /// Whether that grid has rows without values.
    public let leavesCells: Bool

    /// - Parameters:
    ///   - timestamps: the timestamps of the rows.
    ///   - recordings: the rows of each recording.
    public init(_ timestamps: Timestamps, recordings: [Range<Int>]) {
        format = timestamps.format
        clock = timestamps.clock
        var rows = TimedRows(
            instants: timestamps.instants, recordings: recordings, hasLocalClock: clock == .local)
        order = rows.order
        rows.putInOrder()
        duplicates = rows.duplicateCount
        interval = rows.medianInterval.map { Double($0.nanoseconds) / 1e9 }
        gaps = rows.gaps(.automatic)
        gridInterval = rows.gridInterval
        leavesCells = gridInterval.map { rows.leavesCells(withInterval: $0) } ?? false
    }
}
