/// The resampling of rows onto a grid of time. The grid's times are multiples of the interval since the start
/// of the clock; the row of a time has the values from then until the next.
public struct Resampling: Sendable, Hashable {
    /// How the values of a cell of the grid become one.
    public enum Aggregate: String, Sendable, CaseIterable {
        /// Their mean.
        case mean
        /// The last one.
        case last
        /// The smallest.
        case min
        /// The largest.
        case max
    }

    /// The distance of the grid's times.
    public var interval: TimeSpan
    /// How values of a feature become one. Missing values are ignored; without others, the result is missing.
    public var aggregate: Aggregate

    /// Creates a resampling.
    public init(interval: TimeSpan, aggregate: Aggregate = .mean) {
        self.interval = interval
        self.aggregate = aggregate
    }
}

extension TimedRows {
    /// Resamples each recording. A row is flagged if one of the rows in its cell is.
    ///
    /// The rows must be in order. Each feature may have times of its own, with missing values elsewhere.
    /// - Parameter maxValues: the maximum number of values after resampling.
    /// - Throws: ``TimeError`` if there are more.
    public mutating func resample(_ resampling: Resampling, maxValues: Int) throws(TimeError) {
        let interval = resampling.interval.nanoseconds
        func cell(_ row: Int) -> Int64 { Self.floor(instants[row], interval) }
        let counts = recordings.map { rows -> Int in
            guard !rows.isEmpty else { return 0 }
            let cells = TimeSpan.nanoseconds(from: cell(rows.lowerBound), to: cell(rows.upperBound - 1))
            return Int(clamping: cells) == .max ? .max : Int(cells) + 1
        }
        let features = series.features
        let maxRows = maxValues / features
        let total = counts.reduce(0) { $1 > maxRows - $0 ? maxRows + 1 : $0 + $1 }
        guard total <= maxRows else {
            throw TimeError(
                .gaps,
                "an interval of \(resampling.interval) makes more than \(maxRows) rows of \(rows); use a "
                    + "longer interval, or a max_gap at which recordings end")
        }
        var values = [Double](repeating: .nan, count: total * features)
        var times: [Int64] = []
        times.reserveCapacity(total)
        var newFlags = flags.mapValues { _ in [Bool](repeating: false, count: total) }
        var newRecordings: [Range<Int>] = []
        var cellOrigins = [Int?](repeating: nil, count: total)
        for (recording, count) in zip(recordings, counts) where count > 0 {
            let start = times.count
            newRecordings.append(start..<(start + count))
            let first = cell(recording.lowerBound)
            for index in 0..<count {
                times.append((first + Int64(index)).multipliedReportingOverflow(by: interval).partialValue)
            }
            var row = recording.lowerBound
            while row < recording.upperBound {
                let current = cell(row)
                var end = row + 1
                while end < recording.upperBound, cell(end) == current { end += 1 }
                let target = start + Int(current - first)
                cellOrigins[target] = origin(of: end - 1)
                for (name, flags) in flags { newFlags[name]?[target] = flags[row..<end].contains(true) }
                for feature in 0..<features {
                    values[target * features + feature] = aggregate(row..<end, feature, resampling.aggregate)
                }
                row = end
            }
        }
        series = Series(unchecked: values, features: features)
        (instants, recordings, flags, origins) = (times, newRecordings, newFlags, nil)
        self.cellOrigins = cellOrigins
        isResampled = true
    }

    /// Returns the whole number of intervals up to an instant.
    private static func floor(_ instant: Int64, _ interval: Int64) -> Int64 {
        let quotient = instant / interval
        return instant % interval < 0 ? quotient - 1 : quotient
    }

    /// Returns the aggregate of a feature's values that are not missing; NaN without any.
    private func aggregate(_ rows: Range<Int>, _ feature: Int, _ aggregate: Resampling.Aggregate) -> Double {
        let values = rows.lazy.map { series.values[$0 * series.features + feature] }.filter { !$0.isNaN }
        switch aggregate {
        case .mean:
            var mean = Mean()
            for value in values { mean.add(value) }
            return mean.value
        case .last:
            return rows.reversed().lazy.map { series.values[$0 * series.features + feature] }
                .first { !$0.isNaN } ?? .nan
        case .min: return values.min() ?? .nan
        case .max: return values.max() ?? .nan
        }
    }
}
