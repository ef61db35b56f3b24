import Testing
import TimeSeries

/// Windows, scores and events of several recordings in one series, and excluded rows.
@Suite struct RecordingTests {
    private static let recordings = [0..<5, 5..<7, 7..<12]
    private let series: Series<Double>

    init() throws { series = try Series(values: (0..<12).map { Double($0) }, features: 1) }

    @Test func noWindowSpansTwoRecordings() throws {
        let windows = try Windows.sliding(over: series, recordings: Self.recordings, timesteps: 3)
        #expect(windows.starts == [0, 1, 2, 7, 8, 9])
        let apart = try Windows.sliding(over: series, recordings: Self.recordings, timesteps: 3, stride: 2)
        #expect(apart.starts == [0, 2, 7, 9], "the stride starts anew in each recording")
        let article = try Windows.temporalize(series, recordings: Self.recordings, lookback: 3)
        #expect(article.starts == [2, 9])
        #expect(article.split(validation: 0.5).validation.starts == [9])
        #expect(try Windows.sliding(over: series, timesteps: 3).count == 10)
        #expect(throws: DataError.self) {
            try Windows.sliding(over: self.series, recordings: Self.recordings, timesteps: 6)
        }
    }

    @Test func windowsWithAnExcludedRowAreDropped() throws {
        let windows = try Windows.sliding(over: series, timesteps: 3)
        var excluded = [Bool](repeating: false, count: 12)
        #expect(windows.excluding(rows: excluded) == windows)
        excluded[5] = true
        #expect(windows.excluding(rows: excluded).starts == [0, 1, 2, 6, 7, 8, 9])
        #expect(windows.excluding(rows: excluded).coveredRows == [0..<5, 6..<12])
        excluded[0] = true
        excluded[11] = true
        #expect(windows.excluding(rows: excluded).starts == [1, 2, 6, 7, 8])
        #expect(windows.excluding(rows: Array(repeating: true, count: 12)).count == 0)
    }

    @Test func rowsHaveTheScoresOfTheirOwnRecording() throws {
        let windows = try Windows.sliding(over: series, recordings: Self.recordings, timesteps: 3, stride: 2)
        let scores: [Float] = [1, 2, 3, 4]
        func rows(_ combination: RowCombination) -> [Float] {
            combination.rowScores(of: scores, windows: windows).map { $0.isNaN ? -1 : $0 }
        }
        #expect(rows(.newest) == [-1, -1, 1, 1, 2, -1, -1, -1, -1, 3, 3, 4])
        #expect(rows(.mean) == [1, 1, 1.5, 2, 2, -1, -1, 3, 3, 3.5, 4, 4])
    }

    @Test func noEventSpansTwoRecordings() {
        var rule = EventRule()
        let scores: [Float] = [0, 2, 3, 5, 2, 0]
        #expect(rule.events(in: scores).map(\.rows) == [1...4])
        let events = rule.events(in: scores, recordings: [0..<3, 3..<6])
        #expect(events.map(\.rows) == [1...2, 3...4])
        #expect(events.map(\.peakRow) == [2, 3] && events.map(\.peak) == [3, 5])
        rule.mergeGap = 9
        #expect(rule.events(in: scores, recordings: [0..<3, 3..<6]).count == 2)
        #expect(rule.events(in: Array(scores.prefix(4)), recordings: [0..<3, 3..<6]).last?.rows == 3...3)
    }
}
