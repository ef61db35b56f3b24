/// Features of which a model learns the changes instead of the values, so that a counter becomes a rate.
///
/// A difference is the value minus the last known one in the same recording. With times it is converted to
/// the usual interval of the training rows, so that jitter and missing rows do not change a rate; without
/// times it is converted to one row. The first row of a recording has no difference and is in no window.
///
/// A counter sometimes falls: it starts again at 0 when its device does, or it passes the largest number of
/// 32 or 64 bits. A difference across the latter is computed modulo that number; across a restart it is
/// unknown and taken from the row before.
public struct Differences: Sendable, Equatable {
    /// A feature of which the differences are taken.
    public struct Feature: Sendable, Hashable {
        /// The index of the feature.
        public let index: Int
        /// Whether it rises but for restarts. Otherwise a fall is a negative difference, however large.
        public let isCounter: Bool

        /// Creates a feature.
        public init(index: Int, isCounter: Bool) {
            self.index = index
            self.isCounter = isCounter
        }
    }

    /// The features, in ascending order.
    public let features: [Feature]
    /// The interval that differences are converted to; nil if they are per row.
    public let interval: TimeSpan?

    /// Restores differences from their parts.
    public init(features: [Feature], interval: TimeSpan?) {
        self.features = features
        self.interval = interval
    }

    /// Learns from training data which of the features are counters, and the usual interval.
    /// - Parameters:
    ///   - features: the indices of the features.
    ///   - series: `[rows][F]`, before differences are taken.
    ///   - recordings: the rows of each recording, in order.
    ///   - instants: `[rows]`, in order within each recording; nil without times.
    public init(
        of features: [Int], fittedTo series: Series<Double>, recordings: [Range<Int>], instants: [Int64]?
    ) {
        self.features = features.sorted().map {
            Feature(index: $0, isCounter: series.isCounter($0, recordings))
        }
        interval = instants.flatMap {
            TimedRows(series, instants: $0, recordings: recordings).medianInterval
        }
    }

    /// Replaces the features by their differences.
    /// - Parameters:
    ///   - series: `[rows][F]`. A missing value stays missing; the next known one is compared with the last
    ///     known one.
    ///   - recordings: the rows of each recording, in order. They lose their first rows.
    ///   - instants: `[rows]`, in order within each recording; nil to take differences per row.
    /// - Returns: the rows at which a counter has started again, for each feature that is one.
    public func apply(
        to series: inout Series<Double>, recordings: inout [Range<Int>], instants: [Int64]?
    ) -> [Int: [Int]] {
        var restarts: [Int: [Int]] = [:]
        for feature in features {
            for recording in recordings {
                let rows = take(feature, in: recording, of: &series, instants)
                if !rows.isEmpty { restarts[feature.index, default: []] += rows }
            }
        }
        recordings = recordings.filter { !$0.isEmpty }.map { $0.dropFirst() }
        return restarts
    }

    /// Replaces a feature by its differences in one recording. Returns the rows of restarts.
    private func take(
        _ feature: Feature, in recording: Range<Int>, of series: inout Series<Double>, _ instants: [Int64]?
    ) -> [Int] {
        func position(_ row: Int) -> Int { row * series.features + feature.index }
        /// The last row with a value, that value, and the last known difference.
        var (lastRow, last, lastDifference): (Int?, Double, Double?) = (nil, 0, nil)
        /// The rows whose difference is unknown so far: the first one, and restarts before any other row.
        var unknown: [Int] = []
        var restarts: [Int] = []
        for row in recording {
            let value = series.values[position(row)]
            guard !value.isNaN else {
                if row == recording.lowerBound { unknown.append(row) }
                continue
            }
            if let before = lastRow {
                let factor = factor(from: before, to: row, instants)
                if let change = change(from: last, to: value, feature, lastDifference.map { $0 / factor }) {
                    let difference = Self.limited(change * factor)
                    for row in unknown { series.values[position(row)] = difference }
                    unknown = []
                    lastDifference = difference
                    series.values[position(row)] = difference
                } else {
                    restarts.append(row)
                    if let lastDifference {
                        series.values[position(row)] = lastDifference
                    } else {
                        unknown.append(row)
                    }
                }
            } else {
                // The first known value: missing rows before it stay missing.
                if row == recording.lowerBound {
                    unknown.append(row)
                } else {
                    series.values[position(row)] = .nan
                }
            }
            (lastRow, last) = (row, value)
        }
        for row in unknown { series.values[position(row)] = 0 }
        return restarts
    }

    /// The number by which a change between two rows is multiplied.
    private func factor(from row: Int, to next: Int, _ instants: [Int64]?) -> Double {
        guard let interval, let instants else { return 1 / Double(next - row) }
        let elapsed = TimeSpan.nanoseconds(from: instants[row], to: instants[next])
        return elapsed > 0 ? Double(interval.nanoseconds) / Double(elapsed) : 1
    }

    /// The change of a value; nil across a restart of a counter.
    /// - Parameter usual: the change that the last known difference predicts.
    private func change(from last: Double, to value: Double, _ feature: Feature, _ usual: Double?) -> Double?
    {
        guard feature.isCounter, Self.isRestart(from: last, to: value) else { return value - last }
        // Across the largest number of its type a counter goes on at about the same rate.
        for size in [0x1p32, 0x1p64] where last < size {
            let change = size - last + value
            if let usual, change <= 10 * max(usual, 1) { return change }
        }
        return nil
    }

    /// Whether a counter that has fallen so far has started again.
    fileprivate static func isRestart(from last: Double, to value: Double) -> Bool {
        value >= 0 && value < last / 2
    }

    private static func limited(_ value: Double) -> Double {
        max(-.greatestFiniteMagnitude, min(.greatestFiniteMagnitude, value))
    }
}

extension Series<Double> {
    /// Whether a feature rises: at most one step in ten is a restart, at most one for four steps that rise,
    /// and at most one in a thousand is another fall.
    fileprivate func isCounter(_ feature: Int, _ recordings: [Range<Int>]) -> Bool {
        var (steps, rises, restarts, falls) = (0, 0, 0, 0)
        for recording in recordings {
            var last = Double.nan
            for row in recording {
                let value = values[row * features + feature]
                guard !value.isNaN else { continue }
                if !last.isNaN {
                    steps += 1
                    if value > last { rises += 1 }
                    if value < last {
                        if Differences.isRestart(from: last, to: value) { restarts += 1 } else { falls += 1 }
                    }
                }
                last = value
            }
        }
        return steps > 0 && restarts * 10 <= steps && restarts * 4 <= rises && falls * 1000 <= steps
    }
}
