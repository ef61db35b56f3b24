/// Windows of T timesteps over rows of F features, `[N][T][F]`.
///
/// Overlapping windows share their rows: only the row at which each window starts is kept beside the series,
/// so sliding windows over a long series cost no copy.
public struct Windows: Sendable, Equatable {
    /// The rows that the windows look at.
    public private(set) var series: Series
    /// Timesteps in a window, T.
    public let timesteps: Int
    /// The first row of each window.
    public let starts: [Int]
    /// The stretches of rows that were recorded without a break, one after the other. No window spans two.
    public let recordings: [Range<Int>]

    /// Number of windows, N.
    public var count: Int { starts.count }
    /// Features, F.
    public var features: Int { series.features }

    /// - Parameter recordings: nil for one of all rows.
    private init(series: Series, timesteps: Int, starts: [Int], recordings: [Range<Int>]? = nil) {
        self.series = series
        self.timesteps = timesteps
        self.starts = starts
        self.recordings = recordings ?? [0..<series.rows]
    }

    /// Windows that stand one after the other in a buffer.
    /// - Parameters:
    ///   - values: `[N][T][F]`, row-major.
    ///   - timesteps: T.
    ///   - features: F.
    /// - Throws: ``DataError/shape(_:)`` when the numbers do not fill whole windows.
    public init(values: [Float], timesteps: Int, features: Int) throws(DataError) {
        let series = try Series(values: values, features: features)
        guard timesteps > 0, series.rows.isMultiple(of: timesteps) else {
            throw .shape("\(series.rows) rows do not make whole windows of \(timesteps) timesteps")
        }
        let count = series.rows / timesteps
        self.init(series: series, timesteps: timesteps, starts: (0..<count).map { $0 * timesteps })
    }

    /// The ordinary sliding window: `(rows - T) / stride + 1` windows of each recording, the first at its first row.
    /// - Parameter recordings: stretches of rows, in order, that cover the series; nil for one of all rows. Those that are
    ///   shorter than a window have none.
    /// - Throws: ``DataError/shape(_:)`` when there is no window.
    public static func sliding(
        over series: Series, recordings: [Range<Int>]? = nil, timesteps: Int, stride: Int = 1
    ) throws(DataError) -> Windows {
        guard timesteps > 0, stride > 0 else { throw .shape("timesteps and stride must be at least 1") }
        let recordings = recordings ?? [0..<series.rows]
        let starts = recordings.flatMap { rows in
            Array(Swift.stride(from: rows.lowerBound, through: rows.upperBound - timesteps, by: stride))
        }
        guard !starts.isEmpty else {
            throw .shape(
                recordings.count == 1
                    ? "a series of \(series.rows) rows is shorter than one window of \(timesteps) timesteps"
                    : "each of the \(recordings.count) recordings is shorter than one window of \(timesteps) timesteps"
            )
        }
        return Windows(series: series, timesteps: timesteps, starts: starts, recordings: recordings)
    }

    /// The `temporalize` function of "Step-by-step understanding LSTM Autoencoder layers":
    /// `rows - lookback - 1` windows of each recording, window i holding its rows i+2 to i+lookback+1.
    ///
    /// The label that the article pairs with window i is that of row i+lookback+1, the window's last.
    /// - Parameter recordings: as for ``sliding(over:recordings:timesteps:stride:)``.
    /// - Throws: ``DataError/shape(_:)`` when no window fits.
    public static func temporalize(
        _ series: Series, recordings: [Range<Int>]? = nil, lookback: Int
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

    /// The windows of several, one after the other in a buffer of their own. All have the same T and F.
    public init(joining parts: [Windows]) {
        let (timesteps, features) = (parts.first?.timesteps ?? 1, parts.first?.features ?? 1)
        precondition(parts.allSatisfy { $0.timesteps == timesteps && $0.features == features })
        let count = parts.reduce(0) { $0 + $1.count }
        var values: [Float] = []
        values.reserveCapacity(count * timesteps * features)
        for part in parts {
            for index in 0..<part.count { part.withWindow(index) { values.append(contentsOf: $0) } }
        }
        self.init(
            series: Series(whole: values, features: features), timesteps: timesteps,
            starts: (0..<count).map { $0 * timesteps })
    }

    /// The windows of `range`, over the same rows.
    public subscript(range: Range<Int>) -> Windows {
        Windows(
            series: series, timesteps: timesteps, starts: Array(starts[range]), recordings: recordings)
    }

    /// The windows that have none of some rows.
    /// - Parameter excluded: whether to do without it, for each row.
    public func excluding(rows excluded: [Bool]) -> Windows {
        precondition(excluded.count == series.rows)
        // For each row, the next one that is excluded.
        var next = [Int](repeating: series.rows, count: series.rows + 1)
        for row in excluded.indices.reversed() { next[row] = excluded[row] ? row : next[row + 1] }
        return Windows(
            series: series, timesteps: timesteps, starts: starts.filter { next[$0] >= $0 + timesteps },
            recordings: recordings)
    }

    /// The training part and the validation part: the last `fraction` of the windows, before any shuffling,
    /// split at `Int(count * (1 - fraction))` as Keras does.
    public func split(validation fraction: Double) -> (training: Windows, validation: Windows) {
        let boundary = Int(Double(count) * (1 - fraction))
        return (self[0..<boundary], self[boundary..<count])
    }

    /// The rows that are in at least one window, ascending and apart.
    public var coveredRows: [Range<Int>] {
        var ranges: [Range<Int>] = []
        // Every way to make windows gives their starts in order.
        for start in starts {
            if let last = ranges.last, start <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<(start + timesteps)
            } else {
                ranges.append(start..<(start + timesteps))
            }
        }
        return ranges
    }

    /// The windows whose first row is one of these.
    public func starting(in rows: ClosedRange<Int>) -> Range<Int> {
        // Every way to make windows gives their starts in order.
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

    /// The last window alone, on rows of its own.
    public var last: Windows {
        guard let start = starts.last else { return self }
        let rows = (start * features)..<((start + timesteps) * features)
        return Windows(
            series: Series(whole: Array(series.values[rows]), features: features), timesteps: timesteps,
            starts: [0])
    }

    /// The same windows over other values of the same rows, such as scaled ones.
    public func over(_ values: [Float]) -> Windows {
        precondition(values.count == series.values.count)
        var copy = self
        copy.series.values = values
        return copy
    }

    /// Window `index`, `[T][F]`, in place.
    @inlinable
    public func withWindow<R>(_ index: Int, _ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try series.values.withUnsafeBufferPointer { all in
            let start = starts[index] * series.features
            return try body(UnsafeBufferPointer(rebasing: all[start..<(start + timesteps * series.features)]))
        }
    }
}
