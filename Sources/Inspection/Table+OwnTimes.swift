import DataFormats
import TimeSeries

extension Table {
    /// The share of rows with all values, up to which features have times of their own.
    private static let maxCompleteShare = 0.1
    /// The minimum number of values of a feature to know its interval.
    private static let minValues = 4

    /// An interval in which most features have a value, for features with times of their own: a row has the
    /// values of one of them, and the others are missing. nil for other tables.
    package var intervalOfOwnTimes: TimeSpan? {
        guard let timestamps, featureCount > 1 else { return nil }
        var known = [[Int64]](repeating: [], count: featureCount)
        var complete = 0
        for row in 0..<rows {
            var count = 0
            for feature in 0..<featureCount where !values[row * featureCount + feature].isNaN {
                known[feature].append(timestamps.instants[row])
                count += 1
            }
            if count == featureCount { complete += 1 }
        }
        guard Double(complete) <= Self.maxCompleteShare * Double(rows),
            known.allSatisfy({ $0.count >= Self.minValues })
        else { return nil }
        return known.compactMap { instants in
            TimedRows(
                instants: instants.sorted(), recordings: [0..<instants.count], hasLocalClock: false
            ).medianInterval
        }.max()?.roundedUp
    }
}
