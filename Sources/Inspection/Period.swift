import DataFormats

/// Finds a length of windows by the autocorrelation of features.
enum Period {
    /// The maxima of what is looked at, for the time that it takes.
    private static let (maxRows, maxLag, maxFeatures) = (2048, 256, 16)
    /// The autocorrelation from which a maximum is a period.
    private static let minCorrelation = 0.3
    /// The autocorrelation below which values do not depend on one another: 1/e.
    private static let independence = 0.37
    /// Longer windows detect worse, whatever the period: measured (docs/detection.md).
    private static let allowed = 5...20

    /// T for the rows of a table: the median of the features' periods; nil if nothing says more than another
    /// length.
    static func timesteps(for table: Table, _ statistics: [ColumnStatistics]) -> Int? {
        guard let recording = table.recordings.max(by: { $0.count < $1.count }) else { return nil }
        let rows = recording.prefix(maxRows)
        guard rows.count >= 4 * allowed.lowerBound else { return nil }
        let lengths = statistics.indices.filter { statistics[$0].trend == nil && !statistics[$0].isConstant }
            .prefix(maxFeatures)
            .compactMap { length(of: values(table, $0, rows, statistics[$0])) }.sorted()
        guard !lengths.isEmpty else { return nil }
        let median = lengths[lengths.count / 2]
        // Windows have to be many times fewer than rows.
        return min(
            max(median, allowed.lowerBound), allowed.upperBound, max(allowed.lowerBound, rows.count / 10))
    }

    /// T of a training that names none: 20, or a tenth of the longest recording.
    static func defaultTimesteps(for table: Table) -> Int {
        let rows = table.recordings.map(\.count).max() ?? 0
        return min(allowed.upperBound, max(allowed.lowerBound, rows / 10))
    }

    /// The values around their median, limited so that a few outliers do not decide; 0 for a missing value.
    private static func values(
        _ table: Table, _ feature: Int, _ rows: Range<Int>, _ statistics: ColumnStatistics
    ) -> [Double] {
        guard let median = statistics.median, let deviation = statistics.medianAbsoluteDeviation else {
            return []
        }
        let limit = deviation > 0 ? 10 * deviation : .infinity
        let values = rows.map { row in
            let value = table.values[row * table.featureCount + feature]
            return value.isNaN ? 0 : min(max(value - median, -limit), limit)
        }
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return values.map { $0 - mean }
    }

    /// The period of a signal, or twice the lag at which its values become independent.
    private static func length(of signal: [Double]) -> Int? {
        let power = signal.reduce(0) { $0 + $1 * $1 }
        guard power > 0, power.isFinite else { return nil }
        let lags = 1..<max(2, min(maxLag, signal.count / 3))
        let correlations = lags.map { lag in
            zip(signal, signal.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } / power
                * Double(signal.count) / Double(signal.count - lag)
        }
        guard let independent = correlations.firstIndex(where: { $0 < independence }) else { return nil }
        // The first maximum behind the first minimum.
        let later = correlations.indices.dropFirst(independent + 1).dropLast()
        let peak = later.first { index in
            correlations[index] >= minCorrelation && correlations[index] >= correlations[index - 1]
                && correlations[index] > correlations[index + 1]
        }
        if let peak { return peak + 1 }
        return independent > 0 ? 2 * (independent + 1) : nil
    }
}
