import DataFormats

/// The times of rows, in the units that responses have.
public struct TimeInspection: Sendable, Equatable {
    /// How the rows follow one another in time.
    public enum Order: String, Sendable, CaseIterable {
        /// No row is earlier than the row before it.
        case ascending
        /// The newest row is first.
        case descending
        /// Any other order.
        case unordered
    }

    /// How the cells were understood, in a few words.
    public let format: String
    /// What the times count from.
    public let clock: Timestamps.Clock
    /// The order within recordings.
    public let order: Order
    /// The median interval between rows, in seconds; nil without rows of different times.
    public let interval: Double?
    /// The number of rows with the time of the row before.
    public let duplicates: Int
    /// The rows before which there is a gap: an interval of more than three times the median.
    public let gaps: [Int]

    /// The number of median intervals above which there is a gap.
    private static let gapIntervals = 3.0

    init(_ timestamps: Timestamps, recordings: [Range<Int>]) {
        format = timestamps.format
        clock = timestamps.clock
        var steps: [(row: Int, seconds: Double)] = []
        steps.reserveCapacity(timestamps.instants.count)
        for recording in recordings {
            for row in recording.dropFirst() {
                steps.append(
                    (row, (Double(timestamps.instants[row]) - Double(timestamps.instants[row - 1])) / 1e9))
            }
        }
        let (rises, falls) = (steps.contains { $0.seconds > 0 }, steps.contains { $0.seconds < 0 })
        order = !falls ? .ascending : rises ? .unordered : .descending
        duplicates = steps.count { $0.seconds == 0 }
        let lengths = steps.map { abs($0.seconds) }.filter { $0 > 0 }.sorted()
        interval = lengths.isEmpty ? nil : lengths[(lengths.count - 1) / 2]
        let limit = (interval ?? .infinity) * Self.gapIntervals
        gaps = order == .unordered ? [] : steps.filter { abs($0.seconds) > limit }.map(\.row)
    }
}
