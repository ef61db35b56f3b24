/// Counts of detected events against labelled ones.
public struct EventMatch: Sendable, Equatable {
    /// The number of labelled ranges of rows, and how many of them share a row with a found event.
    public let labelled, detected: Int
    /// The number of found events, and how many of them share no row with a labelled range.
    public let found, falseAlarms: Int

    /// Compares events with labels.
    /// - Parameters:
    ///   - found: in order, without overlaps.
    ///   - labels: true for rows that are anomalies. Rows beyond the labels count as normal.
    public init(found: [Event], labels: [Bool]) {
        var ranges: [ClosedRange<Int>] = []
        for row in labels.indices where labels[row] {
            if let last = ranges.last, last.upperBound == row - 1 {
                ranges[ranges.count - 1] = last.lowerBound...row
            } else {
                ranges.append(row...row)
            }
        }
        labelled = ranges.count
        // Both lists are in order, so one pass over both finds every overlap.
        var next = 0
        detected = ranges.count { range in
            while next < found.count, found[next].rows.upperBound < range.lowerBound { next += 1 }
            return next < found.count && found[next].rows.overlaps(range)
        }
        self.found = found.count
        falseAlarms = found.count { event in
            !event.rows.contains { labels.indices.contains($0) && labels[$0] }
        }
    }
}
