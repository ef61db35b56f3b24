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

    /// The name of the recording that a row as it was sent belongs to.
    func name(ofSent sent: Int) -> String {
        var (low, high) = (0, rows.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if rows[middle].lowerBound <= sent { low = middle } else { high = middle - 1 }
        }
        return names?[low] ?? "\(low)"
    }
}
