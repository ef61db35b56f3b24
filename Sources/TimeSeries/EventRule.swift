/// The rule that groups rows into events by their scores.
public struct EventRule: Sendable, Equatable {
    /// An event starts at a score above this. Scores are errors divided by the threshold.
    public var start: Float = 1
    /// An event continues while scores stay above this. At most `start`. A lower value is a hysteresis: it
    /// keeps scores that fluctuate around the threshold in one event.
    public var end: Float = 0.8
    /// Events of fewer rows are dropped, after merging.
    public var minimumLength = 1
    /// Events with at most this number of rows between them are merged.
    public var mergeGap = 0

    /// Creates the default rule.
    /// - Parameter mergeGap: rows.
    public init(mergeGap: Int = 0) { self.mergeGap = mergeGap }

    /// Returns the events of several recordings, in order. No event spans two recordings.
    /// - Parameters:
    ///   - scores: one for each row of the series.
    ///   - recordings: the rows of each recording. Rows beyond the scores are ignored.
    public func events(in scores: [Float], recordings: [Range<Int>]) -> [Event] {
        recordings.flatMap { rows in
            events(in: Array(scores[rows.clamped(to: scores.indices)])).map {
                $0.shifted(by: rows.lowerBound)
            }
        }
    }

    /// Returns the events of consecutive rows, in order.
    /// - Parameter scores: one for each row. NaN marks a row without a score, which ends an event.
    public func events(in scores: [Float]) -> [Event] {
        var ranges: [ClosedRange<Int>] = []
        var row = 0
        while row < scores.count {
            guard scores[row] > start else {
                row += 1
                continue
            }
            var last = row
            while last + 1 < scores.count, scores[last + 1] > end { last += 1 }
            if let previous = ranges.last, row - previous.upperBound - 1 <= mergeGap {
                ranges[ranges.count - 1] = previous.lowerBound...last
            } else {
                ranges.append(row...last)
            }
            row = last + 1
        }
        return ranges.filter { $0.count >= minimumLength }.map { rows in
            // A merged event can contain rows without a score.
            let peakRow = rows.filter { !scores[$0].isNaN }.max { scores[$0] < scores[$1] } ?? rows.lowerBound
            return Event(rows: rows, peakRow: peakRow, peak: scores[peakRow])
        }
    }
}
