/// What happens to rows with the same time.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// Throw an error.
    case error
    /// Keep the last of them.
    case last
    /// Make one row of them: the mean of the values of each feature that are not missing.
    case mean
}

extension TimedRows {
    /// The number of rows that have the same time as the row before them.
    public var duplicateCount: Int { successors.reduce(0) { $0 + (isDuplicate($1) ? 1 : 0) } }

    private func isDuplicate(_ row: Int) -> Bool { instants[row] == instants[row - 1] }

    /// Makes one row of the rows with the same time. It is flagged if one of them is.
    ///
    /// The rows must be in order.
    /// - Returns: a warning about such rows.
    /// - Throws: ``TimeError`` for such rows if the policy is `error`.
    public mutating func mergeDuplicates(_ policy: DuplicatePolicy) throws(TimeError) -> [Warning] {
        let duplicates = successors.filter(isDuplicate)
        guard !duplicates.isEmpty else { return [] }
        let ranges = originRanges(of: duplicates)
        guard policy != .error else { throw refusal(of: duplicates, ranges) }
        var kept: [Int] = []
        kept.reserveCapacity(rows - duplicates.count)
        var recordings: [Range<Int>] = []
        for recording in self.recordings {
            let start = kept.count
            var row = recording.lowerBound
            while row < recording.upperBound {
                var end = row + 1
                while end < recording.upperBound, isDuplicate(end) { end += 1 }
                if end > row + 1 { merge(row..<end, policy) }
                kept.append(end - 1)
                row = end
            }
            recordings.append(start..<kept.count)
        }
        keep(kept, recordings: recordings)
        let result = policy == .last ? "the last row of each time was kept" : "their means were taken"
        return [
            Warning(
                .duplicateTimestamps, .info,
                "\(duplicates.count == 1 ? "1 row repeats" : "\(duplicates.count) rows repeat") the "
                    + "timestamp of another row; \(result).", rows: ranges)
        ]
    }

    /// Writes what becomes of rows with the same time into the last of them.
    private mutating func merge(_ group: Range<Int>, _ policy: DuplicatePolicy) {
        let last = group.upperBound - 1
        // A view of the keys would share the flags, so that each change would copy them.
        for name in Array(flags.keys) {
            let isFlagged = flags[name]?[group].contains(true) ?? false
            flags[name]?[last] = isFlagged
        }
        guard policy == .mean else { return }
        for feature in 0..<series.features {
            var mean = Mean()
            for row in group { mean.add(series.values[row * series.features + feature]) }
            series.values[last * series.features + feature] = mean.value
        }
    }

    private func refusal(of duplicates: [Int], _ ranges: [Range<Int>]) -> TimeError {
        let first = duplicates[0]
        let others = duplicates.count - 1
        let count = others == 0 ? "" : ", as in \(others) more row\(others == 1 ? "" : "s")"
        var remedy = "send each time once, or set duplicates to last or mean"
        if duplicates.count >= rows / 2 {
            remedy += ". If the timestamps are coarser than the rows, leave their column out"
        } else if hasLocalClock, medianInterval?.nanoseconds == 3_600_000_000_000 {
            remedy +=
                ". Hours repeat when a local clock is set back at the end of daylight saving time: times in "
                + "UTC or with their offset from it do not"
        }
        return TimeError(
            .duplicateTimestamps, row: origin(of: first),
            "is the same as that of the row before\(count); \(remedy)", rows: ranges)
    }
}

/// The mean of the values that are not missing.
struct Mean {
    private var first = 0.0
    private var sum = 0.0
    private var count = 0.0

    /// Adds a value; NaN is ignored.
    mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        // The first value is subtracted, so that the sum of large values loses no digits.
        if count == 0 { first = value }
        sum += value - first
        count += 1
    }

    /// NaN without values.
    var value: Double { count == 0 ? .nan : first + sum / count }
}
