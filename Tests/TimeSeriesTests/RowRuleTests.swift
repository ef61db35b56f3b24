import Testing
import TimeSeries

/// Scores of rows with smoothing.
@Suite struct RowRuleTests {
    private func windows(rows: Int, recordings: [Range<Int>]? = nil) throws -> Windows<Double> {
        let series = try Series<Double>(values: Array(repeating: 0, count: rows), features: 1)
        return try .sliding(over: series, recordings: recordings, timesteps: 1)
    }

    @Test func smoothingIsACentredMeanOfTheRowsThatThereAre() throws {
        let windows = try windows(rows: 6)
        let scores: [Float] = [6, 0, 0, 3, 0, 9]
        #expect(RowRule(.mean, smoothing: 2).rowScores(of: scores, windows: windows) == [3, 2, 1, 1, 4, 4.5])
        #expect(RowRule(.mean).rowScores(of: scores, windows: windows) == scores)
        // A length beyond the series takes all rows.
        let all = RowRule(.mean, smoothing: 1000).rowScores(of: scores, windows: windows)
        #expect(all == [Float](repeating: 3, count: 6))
    }

    /// Every length and reach against the definition.
    @Test(arguments: [1, 2, 5, 12, 31]) func smoothingEqualsItsDefinition(_ rows: Int) throws {
        let windows = try windows(rows: rows)
        let scores = (0..<rows).map { Float(($0 * 37) % 11) }
        for smoothing in 1...(2 * rows + 3) {
            let found = RowRule(.mean, smoothing: smoothing).rowScores(of: scores, windows: windows)
            let reach = smoothing == 1 ? 0 : smoothing / 2
            for row in 0..<rows {
                let near = scores[max(0, row - reach)...min(rows - 1, row + reach)]
                let expected = near.reduce(0, +) / Float(near.count)
                #expect(abs(found[row] - expected) < 1e-4, "smoothing \(smoothing), row \(row)")
            }
        }
    }

    @Test func smoothingKeepsSmallScoresAfterAVeryLargeOne() throws {
        let scores: [Float] = [1e38, 1, 1, 1, 1, 1]
        let found = RowRule(.mean, smoothing: 2).rowScores(of: scores, windows: try windows(rows: 6))
        #expect(found[2...] == [1, 1, 1, 1])
    }

    @Test func noRecordingIsSmoothedWithAnother() throws {
        let windows = try windows(rows: 6, recordings: [0..<3, 3..<6])
        let found = RowRule(.mean, smoothing: 20).rowScores(of: [3, 3, 3, 9, 9, 9], windows: windows)
        #expect(found == [3, 3, 3, 9, 9, 9])
    }

    @Test func rowsWithoutAScoreStayWithoutOneAndAreLeftOut() throws {
        let series = try Series<Double>(values: Array(repeating: 0, count: 5), features: 1)
        let windows = try Windows.sliding(over: series, timesteps: 1, stride: 2)
        let found = RowRule(.mean, smoothing: 4).rowScores(of: [1, 2, 6], windows: windows)
        #expect(found[1].isNaN && found[3].isNaN)
        #expect(found[0] == 1.5 && found[2] == 3 && found[4] == 4)
    }

    @Test func onlyTheNewestWindowIsCausal() {
        #expect(RowRule.causal.mode == .causal)
        #expect(RowRule(.mean).mode == .whole && RowRule(.median).mode == .whole)
        #expect(RowRule(.newest, smoothing: 4).mode == .whole)
    }
}
