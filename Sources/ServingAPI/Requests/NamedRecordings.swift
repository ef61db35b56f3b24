import DataFormats
import TimeSeries

/// The recordings that a request has, before rows are arranged by time and recordings end at gaps.
struct NamedRecordings: Sendable {
    /// The rows of each as they were sent, ascending.
    private let rows: [Range<Int>]
    /// The text of the recording column; nil for recordings that are counted from 0.
    private let names: [String]?

    /// - Returns: nil for rows without recordings, and for windows.
    init?(of intake: Intake) {
        guard intake.origin.timesteps == nil,
            intake.table.recordingNames != nil || intake.origin.segments != nil
        else { return nil }
        rows = intake.table.recordings
        names = intake.table.recordingNames
    }

    /// The name of the recording that a row belongs to.
    /// - Parameters:
    ///   - row: a row as it is used.
    ///   - origins: the row as it was sent, of each row. A row that was not sent belongs to the recording of
    ///     the row before.
    func name(ofRow row: Int, _ origins: RowOrigins) -> String {
        var row = row
        while row > 0, origins[row] == nil { row -= 1 }
        let sent = origins[row] ?? 0
        var (low, high) = (0, rows.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if rows[middle].lowerBound <= sent { low = middle } else { high = middle - 1 }
        }
        return names?[low] ?? "\(low)"
    }
}
