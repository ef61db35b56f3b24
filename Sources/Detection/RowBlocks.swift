/// Consecutive blocks of labelled rows, the units of a block bootstrap.
///
/// Scores of neighbouring rows depend on each other, and so do the rows of an event. A resample of rows would
/// count them as independent; a resample of blocks that are longer than the dependence does not (Künsch, "The
/// jackknife and the bootstrap for general stationary observations", 1989).
package struct RowBlocks: Sendable, Equatable {
    /// The maximum number of blocks, which bounds the time and the memory of a comparison.
    package static let maxCount = 256

    /// The minimum length of a block, in rows; the last one may be half as long.
    package let length: Int
    /// The rows of each block. Together they are all rows.
    package let ranges: [Range<Int>]

    /// Divides rows into blocks. A block has at least `reach` rows, at least as many as the median event,
    /// and at least 1 / ``maxCount`` of all rows; and it does not end within an event.
    /// - Parameters:
    ///   - labels: `[rows]`, true for anomalies. An event is a stretch of them.
    ///   - reach: the distance in rows from which on scores no longer share rows of data.
    package init(_ labels: [Bool], reach: Int) {
        let rows = labels.count
        let events = Self.events(in: labels).map(\.count).sorted()
        let median = events.isEmpty ? 1 : events[events.count / 2]
        length = max(1, reach, median, (rows + Self.maxCount - 1) / Self.maxCount)
        var ranges: [Range<Int>] = []
        var start = 0
        while start < rows {
            var end = min(start + length, rows)
            while end < rows, labels[end - 1], labels[end] { end += 1 }
            if let last = ranges.last, 2 * (end - start) < length {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
            start = end
        }
        self.ranges = ranges
    }

    /// Returns the stretches of anomalies.
    package static func events(in labels: [Bool]) -> [Range<Int>] {
        var events: [Range<Int>] = []
        for row in labels.indices where labels[row] {
            if let last = events.last, last.upperBound == row {
                events[events.count - 1] = last.lowerBound..<(row + 1)
            } else {
                events.append(row..<(row + 1))
            }
        }
        return events
    }
}
