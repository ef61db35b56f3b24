/// The rule by which scores of windows become scores of rows.
public struct RowRule: Sendable, Equatable {
    /// How the scores of the windows that cover a row are combined.
    public let combination: RowCombination
    /// The length of a centred moving average over the combined scores, in rows: it reaches half as many
    /// rows, rounded down, to either side. 1 for none.
    public let smoothing: Int

    /// The score of the window that ends at the row.
    public static let causal = RowRule(.newest)

    /// Creates a rule.
    /// - Parameters:
    ///   - combination: how windows are combined.
    ///   - smoothing: rows, at least 1.
    public init(_ combination: RowCombination, smoothing: Int = 1) {
        precondition(smoothing >= 1)
        self.combination = combination
        self.smoothing = smoothing
    }

    /// Whether a score depends on later rows.
    public var mode: RowMode { combination == .newest && smoothing == 1 ? .causal : .whole }

    /// Returns a score for each row of the series, `[rows]`; NaN for rows without a score.
    /// - Parameters:
    ///   - scores: `[N]`, one for each window.
    ///   - windows: N windows in ascending order of their first rows.
    public func rowScores<Value>(of scores: [Float], windows: Windows<Value>) -> [Float] {
        var rows = combination.rowScores(of: scores, windows: windows)
        guard smoothing > 1 else { return rows }
        for recording in windows.recordings {
            rows.replaceSubrange(recording, with: Self.smoothed(rows[recording], reach: smoothing / 2))
        }
        return rows
    }

    /// Returns the mean of each value and those at most `reach` places before and after it. NaN is left out
    /// of the means, and stays.
    ///
    /// The sums are made of sums over blocks of 2·reach + 1 values: one from a block's end, one from the next
    /// block's start. A running sum would lose small values after a very large one.
    private static func smoothed(_ values: ArraySlice<Float>, reach all: Int) -> [Float] {
        let count = values.count
        let reach = min(all, count)
        let width = 2 * reach + 1
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: count + 2 * reach)
        for (index, value) in values.enumerated() where !value.isNaN {
            sums[index + reach] = (Double(value), 1)
        }
        var toEnd = sums
        for index in sums.indices where !index.isMultiple(of: width) {
            sums[index].sum += sums[index - 1].sum
            sums[index].count += sums[index - 1].count
        }
        for index in toEnd.indices.dropLast().reversed() where !(index + 1).isMultiple(of: width) {
            toEnd[index].sum += toEnd[index + 1].sum
            toEnd[index].count += toEnd[index + 1].count
        }
        return values.enumerated().map { index, value in
            guard !value.isNaN else { return .nan }
            let (left, right) = (toEnd[index], sums[index + width - 1])
            guard !index.isMultiple(of: width) else { return Float(left.sum / Double(left.count)) }
            return Float((left.sum + right.sum) / Double(left.count + right.count))
        }
    }
}
