/// The interval between two rows above which a recording ends, so that no window spans it.
public enum GapRule: Sendable, Hashable {
    /// Three times the median interval, if the intervals are regular: at least nine in ten, or all but one,
    /// are between half and twice the median. The intervals of rows that are sent when something happens vary
    /// by nature, so a long one is no gap.
    case automatic
    /// A fixed length.
    case longer(than: TimeSpan)
    /// No interval is too long.
    case none
}

extension TimedRows {
    /// The median of the intervals between rows of different times, the lower one of two; nil without any.
    public var medianInterval: TimeSpan? {
        var intervals = successors.map { interval(before: $0) }.filter { $0 > 0 }
        guard let first = intervals.first else { return nil }
        if intervals.allSatisfy({ $0 == first }) { return TimeSpan(nanoseconds: first) }
        intervals.sort()
        return TimeSpan(nanoseconds: intervals[(intervals.count - 1) / 2])
    }

    /// Returns the rows, as they were sent, before which there is a gap.
    ///
    /// The rows must be in order.
    /// - Parameter interval: as for ``splitAtGaps(_:interval:)``.
    public func gaps(_ rule: GapRule, interval: TimeSpan? = nil) -> [Int] {
        limit(rule, interval: interval).map { gaps(above: $0).map { origin(of: $0) } } ?? []
    }

    /// Ends a recording wherever the interval to the next row is too long.
    ///
    /// The rows must be in order.
    /// - Parameters:
    ///   - rule: what is too long.
    ///   - interval: the interval of a resampling that follows. Then the rule `automatic` takes the longer
    ///     one of this and the median, and shorter intervals count as regular.
    /// - Returns: a warning about gaps, or about irregular intervals.
    public mutating func splitAtGaps(_ rule: GapRule, interval: TimeSpan? = nil) -> [Warning] {
        guard let limit = limit(rule, interval: interval) else {
            return rule == .automatic && interval == nil ? [irregularity].compactMap { $0 } : []
        }
        let gaps = gaps(above: limit)
        guard !gaps.isEmpty else { return [] }
        let longest = gaps.map { self.interval(before: $0) }.max() ?? 1
        split(before: gaps)
        return [
            Warning(
                .gaps, .warning,
                (gaps.count == 1 ? "There is a gap" : "There are \(gaps.count) gaps")
                    + " between rows\(gaps.count == 1 ? "" : ", the longest") of "
                    + "\(TimeSpan(nanoseconds: longest).approximation), longer than \(limit). No window "
                    + "spans \(gaps.count == 1 ? "it" : "them"). Set max_gap to allow longer ones.",
                rows: originRanges(of: gaps))
        ]
    }

    /// The longest interval that is no gap; nil if every interval is none.
    private func limit(_ rule: GapRule, interval: TimeSpan?) -> TimeSpan? {
        switch rule {
        case .none: return nil
        case .longer(let span): return span
        case .automatic:
            guard let median = medianInterval else { return nil }
            let usual = max(median, interval ?? median)
            return isRegular(usual, countsShort: interval == nil) ? 3 * usual : nil
        }
    }

    private func gaps(above limit: TimeSpan) -> [Int] {
        successors.filter { interval(before: $0) > limit.nanoseconds }
    }

    /// Whether at least nine in ten intervals, or all but one of at least three, are about the usual one.
    private func isRegular(_ usual: TimeSpan, countsShort: Bool) -> Bool {
        var (count, others) = (0, 0)
        for row in successors {
            let interval = interval(before: row)
            guard interval > 0 else { continue }
            count += 1
            let isShort = countsShort && interval < usual.nanoseconds / 2
            if isShort || interval / 2 > usual.nanoseconds { others += 1 }
        }
        return count >= 3 && others <= max(1, count / 10)
    }

    /// A warning about intervals that vary by nature; nil for too few rows to tell.
    private var irregularity: Warning? {
        let intervals = successors.map { interval(before: $0) }.filter { $0 > 0 }
        guard intervals.count >= 3, let median = medianInterval, let shortest = intervals.min(),
            let longest = intervals.max()
        else { return nil }
        return Warning(
            .irregularIntervals, .warning,
            "The intervals between rows vary from \(TimeSpan(nanoseconds: shortest).approximation) to "
                + "\(TimeSpan(nanoseconds: longest).approximation), with a median of "
                + "\(median.approximation); no interval counts as a gap. Set interval to resample, such as "
                + "\"\(median.roundedUp)\", or max_gap.")
    }

    /// The interval of a grid for rows whose intervals vary by nature; nil for regular ones, for too few rows
    /// to tell, and if the grid would have many times more rows.
    public var gridInterval: TimeSpan? {
        let counted = successors.reduce(0) { $0 + (interval(before: $1) > 0 ? 1 : 0) }
        guard counted >= 3, limit(.automatic, interval: nil) == nil, let median = medianInterval else {
            return nil
        }
        let grid = median.roundedUp
        let cells = recordings.reduce(0.0) { sum, rows in
            guard let first = rows.first, let last = rows.last else { return sum }
            let span = TimeSpan.nanoseconds(from: instants[first], to: instants[last])
            return sum + Double(span) / Double(grid.nanoseconds) + 1
        }
        return cells <= 4 * Double(self.rows) ? grid : nil
    }

    /// Whether a grid has cells without rows.
    public func leavesCells(withInterval interval: TimeSpan) -> Bool {
        successors.contains { self.interval(before: $0) > interval.nanoseconds }
    }

    private mutating func split(before gaps: [Int]) {
        var gaps = gaps[...]
        recordings = recordings.flatMap { recording in
            var parts: [Range<Int>] = []
            var start = recording.lowerBound
            while let gap = gaps.first, gap < recording.upperBound {
                parts.append(start..<gap)
                start = gap
                gaps.removeFirst()
            }
            return parts + [start..<recording.upperBound]
        }
    }
}
