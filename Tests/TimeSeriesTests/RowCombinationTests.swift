import Testing
import TimeSeries

/// Scores of rows from the scores of windows.
@Suite struct RowCombinationTests {
    private func rows(_ combination: RowCombination, stride: Int, _ scores: [Float], rows: Int) throws
        -> [Float]
    {
        let series = try Series<Double>(values: Array(repeating: 0, count: rows), features: 1)
        let windows = try Windows.sliding(over: series, timesteps: 3, stride: stride)
        return combination.rowScores(of: scores, windows: windows).map { $0.isNaN ? -1 : $0 }
    }

    @Test func newestTakesTheLastWindowThatEndedByTheRow() throws {
        #expect(try rows(.newest, stride: 1, [1, 2, 3], rows: 5) == [-1, -1, 1, 2, 3])
        #expect(try rows(.newest, stride: 2, [1, 2], rows: 6) == [-1, -1, 1, 1, 2, 2])
        #expect(try rows(.newest, stride: 4, [1, 2], rows: 8) == [-1, -1, 1, 1, 1, 1, 2, 2])
    }

    @Test func meanAndMedianCombineTheWindowsThatCoverARow() throws {
        #expect(try rows(.mean, stride: 1, [1, 2, 6], rows: 5) == [1, 1.5, 3, 4, 6])
        #expect(try rows(.median, stride: 1, [1, 2, 6], rows: 5) == [1, 1.5, 2, 4, 6])
        // Rows between windows have no score.
        #expect(try rows(.mean, stride: 4, [1, 2], rows: 8) == [1, 1, 1, -1, 2, 2, 2, -1])
        #expect(try rows(.median, stride: 4, [1, 2], rows: 8) == [1, 1, 1, -1, 2, 2, 2, -1])
    }

    @Test func windowsAreFoundByTheirFirstRow() throws {
        let series = try Series<Double>(values: Array(repeating: 0, count: 20), features: 1)
        let windows = try Windows.sliding(over: series, timesteps: 3, stride: 4)
        #expect(windows.starts == [0, 4, 8, 12, 16])
        #expect(windows.starting(in: 0...20) == 0..<5)
        #expect(windows.starting(in: -3 ... -1).isEmpty)
        #expect(windows.starting(in: 4...8) == 1..<3)
        #expect(windows.starting(in: 5...7).isEmpty)
        #expect(windows.starting(in: 13...99) == 4..<5)
    }
}
