/// How the scores of the windows that cover a row are combined into the score of the row.
public enum RowCombination: String, Sendable, CaseIterable {
    /// The score of the window that ends at the row, or of the last one that ended before it. It depends on
    /// no later row, so it is available as soon as the row arrives.
    case newest
    /// The mean of the scores of all windows that cover the row.
    case mean
    /// The median of the scores of all windows that cover the row. It is robust against single outliers.
    case median

    /// Returns a score for each row of the series, `[rows]`; NaN for rows without a score.
    /// - Parameters:
    ///   - scores: `[N]`, one for each window.
    ///   - windows: N windows in ascending order of their first rows.
    public func rowScores<Value>(of scores: [Float], windows: Windows<Value>) -> [Float] {
        precondition(scores.count == windows.count)
        var rows = [Float](repeating: .nan, count: windows.series.rows)
        switch self {
        case .newest: newest(scores, windows, &rows)
        case .mean:
            forEachRow(windows, &rows) {
                Float(scores[$0].reduce(0.0) { $0 + Double($1) } / Double($0.count))
            }
        case .median: forEachRow(windows, &rows) { quantile(Array(scores[$0]), 0.5) ?? .nan }
        }
        return rows
    }

    private func newest<Value>(_ scores: [Float], _ windows: Windows<Value>, _ rows: inout [Float]) {
        var index = 0
        for recording in windows.recordings {
            while index < windows.count, windows.starts[index] < recording.upperBound {
                let end = windows.starts[index] + windows.timesteps
                let hasNext = index + 1 < windows.count && windows.starts[index + 1] < recording.upperBound
                let next =
                    hasNext ? windows.starts[index + 1] + windows.timesteps - 1 : recording.upperBound
                for row in (end - 1)..<max(next, end - 1) { rows[row] = scores[index] }
                index += 1
            }
        }
    }

    /// Calls `combine` for each covered row, with the indices of the windows that cover it.
    private func forEachRow<Value>(
        _ windows: Windows<Value>, _ rows: inout [Float], _ combine: (Range<Int>) -> Float
    ) {
        var covering = 0..<0
        for row in rows.indices {
            var (lower, upper) = (covering.lowerBound, covering.upperBound)
            while upper < windows.count, windows.starts[upper] <= row { upper += 1 }
            while lower < upper, windows.starts[lower] + windows.timesteps <= row { lower += 1 }
            covering = lower..<upper
            if !covering.isEmpty { rows[row] = combine(covering) }
        }
    }
}
