/// A stretch of rows that belong to one anomaly.
public struct Event: Sendable, Equatable {
    /// Its rows.
    public let rows: ClosedRange<Int>
    /// The row with the highest score.
    public let peakRow: Int
    /// That score.
    public let peak: Float

    /// An event as it was found.
    public init(rows: ClosedRange<Int>, peakRow: Int, peak: Float) {
        self.rows = rows
        self.peakRow = peakRow
        self.peak = peak
    }

    /// How many rows.
    public var duration: Int { rows.count }

    fileprivate func moved(by offset: Int) -> Event {
        Event(
            rows: (rows.lowerBound + offset)...(rows.upperBound + offset), peakRow: peakRow + offset,
            peak: peak)
    }
}

/// How scores of rows become events.
public struct EventRule: Sendable, Equatable {
    /// An event begins with a score above this. Scores are errors divided by the threshold.
    public var start: Float = 1
    /// It goes on while scores stay above this: a score that trembles about the threshold is one event, not many
    /// (hysteresis). At most `start`.
    public var end: Float = 0.8
    /// Events of fewer rows are left out.
    public var minimumLength = 1
    /// Events with so many rows or fewer between them are one.
    public var mergeGap = 0

    /// The defaults.
    public init() {}

    /// The events in scores of recordings, in order. None spans two.
    /// - Parameters:
    ///   - scores: one for each row of all recordings.
    ///   - recordings: the rows of each.
    public func events(in scores: [Float], recordings: [Range<Int>]) -> [Event] {
        recordings.flatMap { rows in
            events(in: Array(scores[rows.clamped(to: scores.indices)])).map { $0.moved(by: rows.lowerBound) }
        }
    }

    /// The events in scores of consecutive rows, in order.
    /// - Parameter scores: one for each row; NaN where there is none, which ends an event.
    public func events(in scores: [Float]) -> [Event] {
        var stretches: [ClosedRange<Int>] = []
        var row = 0
        while row < scores.count {
            guard scores[row] > start else {
                row += 1
                continue
            }
            var last = row
            while last + 1 < scores.count, scores[last + 1] > end { last += 1 }
            if let previous = stretches.last, row - previous.upperBound - 1 <= mergeGap {
                stretches[stretches.count - 1] = previous.lowerBound...last
            } else {
                stretches.append(row...last)
            }
            row = last + 1
        }
        return stretches.filter { $0.count >= minimumLength }.map { rows in
            // What was merged may have rows without a score in between.
            let peakRow = rows.filter { !scores[$0].isNaN }.max { scores[$0] < scores[$1] } ?? rows.lowerBound
            return Event(rows: rows, peakRow: peakRow, peak: scores[peakRow])
        }
    }
}

/// Events that were found beside those that there were.
public struct EventMatch: Sendable, Equatable {
    /// Stretches of labelled rows, and how many of them share a row with an event that was found.
    public let labelled, detected: Int
    /// Events that were found, and how many of them share no row with a labelled stretch.
    public let found, falseAlarms: Int

    /// Counts.
    /// - Parameters:
    ///   - found: in order.
    ///   - labels: true for rows that are anomalies.
    public init(found: [Event], labels: [Bool]) {
        var stretches: [ClosedRange<Int>] = []
        for row in labels.indices where labels[row] {
            if let last = stretches.last, last.upperBound == row - 1 {
                stretches[stretches.count - 1] = last.lowerBound...row
            } else {
                stretches.append(row...row)
            }
        }
        labelled = stretches.count
        // Both are in order, so one look along both finds all that overlap.
        var next = 0
        detected = stretches.count { stretch in
            while next < found.count, found[next].rows.upperBound < stretch.lowerBound { next += 1 }
            return next < found.count && found[next].rows.overlaps(stretch)
        }
        self.found = found.count
        falseAlarms = found.count { event in
            !event.rows.contains { labels.indices.contains($0) && labels[$0] }
        }
    }
}
