/// How the scores of the windows that cover a row become the row's own.
public enum RowCombination: String, Sendable, CaseIterable {
    /// That of the window that ends at the row, or ended last before it: what there is to say when the row has just come.
    case newest
    /// The mean of all windows that cover the row.
    case mean
    /// Their median: one window that is far off doesn't count for much.
    case median

    /// A score for each row of the series that the windows lie on; NaN for rows without one.
    /// - Parameters:
    ///   - scores: `[N]`, one for each window.
    ///   - windows: whose first rows ascend.
    public func rowScores(of scores: [Float], windows: Windows) -> [Float] {
        precondition(scores.count == windows.count)
        var rows = [Float](repeating: .nan, count: windows.series.rows)
        switch self {
        case .newest: newest(scores, windows, &rows)
        case .mean:
            eachRow(windows, &rows) { Float(scores[$0].reduce(0.0) { $0 + Double($1) } / Double($0.count)) }
        case .median: eachRow(windows, &rows) { quantile(Array(scores[$0]), 0.5) ?? .nan }
        }
        return rows
    }

    private func newest(_ scores: [Float], _ windows: Windows, _ rows: inout [Float]) {
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

    /// Calls `combine` with the windows that cover a row, for each row that any covers.
    private func eachRow(_ windows: Windows, _ rows: inout [Float], _ combine: (Range<Int>) -> Float) {
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
