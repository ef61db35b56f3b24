/// Windows of T timesteps over rows of F features, `[N][T][F]`.
///
/// Overlapping windows share the rows of one series. Only the first row of each window is stored, so sliding
/// windows over a long series do not copy it.
public struct Windows<Value: BinaryFloatingPoint & Sendable>: Sendable, Equatable {
    /// The series that the windows are ranges of.
    public internal(set) var series: Series<Value>
    /// T, the number of timesteps in a window.
    public let timesteps: Int
    /// The first row of each window, `[N]`, ascending.
    public let starts: [Int]
    /// The ranges of rows that were recorded without a break, in order. No window spans two recordings.
    public let recordings: [Range<Int>]

    /// N, the number of windows.
    public var count: Int { starts.count }
    /// F, the number of features.
    public var features: Int { series.features }

    /// - Parameter recordings: nil for one recording of all rows.
    @usableFromInline
    init(series: Series<Value>, timesteps: Int, starts: [Int], recordings: [Range<Int>]? = nil) {
        self.series = series
        self.timesteps = timesteps
        self.starts = starts
        self.recordings = recordings ?? [0..<series.rows]
    }

    /// Creates windows that follow one another in a buffer, without overlaps.
    /// - Parameters:
    ///   - values: `[N][T][F]`, row-major.
    ///   - timesteps: T.
    ///   - features: F.
    /// - Throws: ``DataError/shape(_:)`` if `values` is not a whole number of windows.
    public init(values: [Value], timesteps: Int, features: Int) throws(DataError) {
        let series = try Series<Value>(values: values, features: features)
        guard timesteps > 0, series.rows.isMultiple(of: timesteps) else {
            throw .shape("\(series.rows) rows are not a whole number of windows of \(timesteps) timesteps")
        }
        let count = series.rows / timesteps
        self.init(series: series, timesteps: timesteps, starts: (0..<count).map { $0 * timesteps })
    }

    /// Slides a window over each recording: `(rows - T) / stride + 1` windows, of which the first starts at
    /// the recording's first row.
    /// - Parameters:
    ///   - series: `[rows][F]`.
    ///   - recordings: ranges of rows, in order, that cover the series; nil for one recording of all rows. A
    ///     recording that is shorter than a window has no windows.
    ///   - timesteps: T.
    ///   - stride: the number of rows between the starts of consecutive windows.
    /// - Throws: ``DataError/shape(_:)`` if every recording is shorter than a window, or if `timesteps` or
    ///   `stride` is below 1.
    public static func sliding(
        over series: Series<Value>, recordings: [Range<Int>]? = nil, timesteps: Int, stride: Int = 1
    ) throws(DataError) -> Windows {
        guard timesteps > 0, stride > 0 else { throw .shape("timesteps and stride must be at least 1") }
        let recordings = recordings ?? [0..<series.rows]
        var starts: [Int] = []
        for rows in recordings {
            starts += Swift.stride(from: rows.lowerBound, through: rows.upperBound - timesteps, by: stride)
        }
        guard !starts.isEmpty else {
            throw .shape(
                recordings.count == 1
                    ? "a series of \(recordings[0].count) row\(recordings[0].count == 1 ? "" : "s") is "
                        + "shorter than one window of \(timesteps) timesteps"
                    : "each of the \(recordings.count) recordings is shorter than one window of \(timesteps) "
                        + "timesteps"
            )
        }
        return Windows(series: series, timesteps: timesteps, starts: starts, recordings: recordings)
    }

    /// Makes windows as the `temporalize` function of "Step-by-step understanding LSTM Autoencoder layers":
    /// `rows - lookback - 1` windows of each recording, where window i has the rows i+2 to i+lookback+1.
    ///
    /// The article pairs window i with the label of row i+lookback+1, which is the window's last row.
    /// - Parameters:
    ///   - series: `[rows][F]`.
    ///   - recordings: as for ``sliding(over:recordings:timesteps:stride:)``.
    ///   - lookback: T.
    /// - Throws: ``DataError/shape(_:)`` if no recording has `lookback + 2` rows, or if `lookback` is
    ///   below 1.
    public static func temporalize(
        _ series: Series<Value>, recordings: [Range<Int>]? = nil, lookback: Int
    ) throws(DataError) -> Windows {
        guard lookback > 0 else { throw .shape("lookback must be at least 1") }
        let recordings = recordings ?? [0..<series.rows]
        let starts = recordings.flatMap { rows in
            Array(Swift.stride(from: rows.lowerBound + 2, through: rows.upperBound - lookback, by: 1))
        }
        guard !starts.isEmpty else {
            throw .shape(
                "\(recordings.count == 1 ? "a series" : "the longest of \(recordings.count) recordings") of "
                    + "\(recordings.map(\.count).max() ?? 0) rows has no window of lookback \(lookback); "
                    + "temporalize needs at least \(lookback + 2) rows")
        }
        return Windows(series: series, timesteps: lookback, starts: starts, recordings: recordings)
    }

    /// Concatenates windows into a buffer of their own, without overlaps.
    /// - Parameter parts: all with the same T and F.
    @inlinable
    public init(joining parts: [Windows]) {
        let (timesteps, features) = (parts.first?.timesteps ?? 1, parts.first?.features ?? 1)
        precondition(parts.allSatisfy { $0.timesteps == timesteps && $0.features == features })
        let count = parts.reduce(0) { $0 + $1.count }
        var values: [Value] = []
        values.reserveCapacity(count * timesteps * features)
        for part in parts {
            for index in 0..<part.count { part.withWindow(index) { values.append(contentsOf: $0) } }
        }
        self.init(
            series: Series(unchecked: values, features: features), timesteps: timesteps,
            starts: (0..<count).map { $0 * timesteps })
    }

    /// The windows with the indices in `range`, on the same series.
    public subscript(range: Range<Int>) -> Windows {
        Windows(
            series: series, timesteps: timesteps, starts: Array(starts[range]), recordings: recordings)
    }

    /// Returns the windows that contain no excluded row.
    /// - Parameter excluded: `[rows]`, true for rows to exclude.
    public func excluding(rows excluded: [Bool]) -> Windows {
        precondition(excluded.count == series.rows)
        // For each row, the first excluded row at or after it.
        var next = [Int](repeating: series.rows, count: series.rows + 1)
        for row in excluded.indices.reversed() { next[row] = excluded[row] ? row : next[row + 1] }
        return Windows(
            series: series, timesteps: timesteps, starts: starts.filter { next[$0] >= $0 + timesteps },
            recordings: recordings)
    }

    /// Splits off the last `fraction` of the windows for validation, at `Int(count * (1 - fraction))`, as the
    /// `validation_split` of Keras' `fit` does before it shuffles.
    public func split(validation fraction: Double) -> (training: Windows, validation: Windows) {
        let boundary = Int(Double(count) * (1 - fraction))
        return (self[0..<boundary], self[boundary..<count])
    }

    /// The rows that are in at least one window, as ascending ranges that neither overlap nor touch.
    public var coveredRows: [Range<Int>] {
        var ranges: [Range<Int>] = []
        for start in starts {
            if let last = ranges.last, start <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<(start + timesteps)
            } else {
                ranges.append(start..<(start + timesteps))
            }
        }
        return ranges
    }

    /// The number of windows without common rows that tell as much as these: as many as fit side by side
    /// into the rows, at least one for each stretch of rows. Those of a series with stride 1 tell as much as
    /// a T-th of them.
    public var independentCount: Int { coveredRows.reduce(0) { $0 + Swift.max(1, $1.count / timesteps) } }

    /// Returns windows that are evenly spaced by index, in a buffer of their own.
    /// - Parameter maxCount: their number, if there are as many.
    public func sample(of maxCount: Int) -> Windows {
        guard count > maxCount else { return self }
        return Windows(
            joining: (0..<maxCount).map {
                let index = $0 * count / maxCount
                return self[index..<(index + 1)]
            })
    }

    /// Returns the indices of the windows whose first row is in `rows`, by binary search.
    public func starting(in rows: ClosedRange<Int>) -> Range<Int> {
        func count(below row: Int) -> Int {
            var (low, high) = (0, starts.count)
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] < row { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return count(below: rows.lowerBound)..<count(below: rows.upperBound + 1)
    }

    /// The last window, on a series of only its T rows; no window if there is none.
    public var last: Windows {
        guard let start = starts.last else { return self }
        let rows = (start * features)..<((start + timesteps) * features)
        return Windows(
            series: Series(unchecked: Array(series.values[rows]), features: features), timesteps: timesteps,
            starts: [0])
    }

    /// Returns the windows with other values in the series, such as scaled ones.
    /// - Parameter values: `[rows][F]`.
    public func replacingValues<Other>(with values: [Other]) -> Windows<Other> {
        precondition(values.count == series.values.count)
        return Windows<Other>(
            series: Series(unchecked: values, features: features), timesteps: timesteps, starts: starts,
            recordings: recordings)
    }

    /// Calls `body` with the values of window `index`, `[T][F]`, without a copy.
    @inlinable
    public func withWindow<R>(_ index: Int, _ body: (UnsafeBufferPointer<Value>) throws -> R) rethrows -> R {
        try series.values.withUnsafeBufferPointer { all in
            let start = starts[index] * series.features
            return try body(UnsafeBufferPointer(rebasing: all[start..<(start + timesteps * series.features)]))
        }
    }
}
