import Testing
import TimeSeries

@Suite struct WindowsTests {
    private func series(rows: Int) throws -> Series<Double> {
        let values = (0..<rows).flatMap { [Double($0), Double($0) + 0.5] }
        return try Series(values: values, features: 2)
    }

    private func firstFeature(_ windows: Windows<Double>) -> [[Double]] {
        windows.starts.indices.map { index in
            windows.withWindow(index) { window in stride(from: 0, to: window.count, by: 2).map { window[$0] }
            }
        }
    }

    /// The article's Figure 1.2: nine rows, lookback 3.
    @Test func temporalizeMakesTheArticlesWindows() throws {
        let windows = try Windows.temporalize(series(rows: 9), lookback: 3)
        #expect(firstFeature(windows) == [[2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6, 7], [6, 7, 8]])
        #expect(throws: DataError.self) { try Windows.temporalize(self.series(rows: 4), lookback: 3) }
        #expect(try Windows.temporalize(series(rows: 5), lookback: 3).count == 1)
    }

    @Test func slidingWindowsStartAtMultiplesOfTheStride() throws {
        #expect(firstFeature(try .sliding(over: series(rows: 4), timesteps: 3)) == [[0, 1, 2], [1, 2, 3]])
        #expect(
            firstFeature(try .sliding(over: series(rows: 8), timesteps: 3, stride: 2))
                == [[0, 1, 2], [2, 3, 4], [4, 5, 6]])
        #expect(throws: DataError.self) { try Windows.sliding(over: self.series(rows: 2), timesteps: 3) }
        #expect(throws: DataError.self) {
            try Windows.sliding(over: self.series(rows: 2), timesteps: 1, stride: 0)
        }
    }

    @Test func theValidationPartIsTheLastOne() throws {
        let windows = try Windows.sliding(over: series(rows: 12), timesteps: 3)
        let (training, validation) = windows.split(validation: 0.25)
        #expect(training.count == 7)
        #expect(validation.count == 3)
        #expect(training.coveredRows == [0..<9])
        #expect(validation.coveredRows == [7..<12])
        #expect(
            try Windows.sliding(over: series(rows: 12), timesteps: 3, stride: 5).coveredRows == [
                0..<3, 5..<8,
            ])
    }

    @Test func incompleteRowsOrWindowsAreErrors() {
        #expect(throws: DataError.self) { try Series<Double>(values: [1, 2, 3], features: 2) }
        #expect(throws: DataError.self) { try Series<Double>(values: [], features: 0) }
        #expect(throws: DataError.self) {
            try Windows<Double>(values: [1, 2, 3, 4, 5, 6], timesteps: 2, features: 2)
        }
    }

    /// Windows that overlap count by the rows that they cover.
    @Test func windowsThatOverlapAreWorthFewerSeparateOnes() throws {
        let series = try Series(values: (0..<108).map { Double($0) }, features: 1)
        let sliding = try Windows.sliding(over: series, timesteps: 10)
        #expect(sliding.count == 99 && sliding.independentCount == 10)
        #expect(sliding[0..<1].independentCount == 1)
        let joined = Windows(joining: [sliding[0..<1], sliding[3..<4], sliding[98..<99]])
        #expect(joined.independentCount == 3)
        // Two stretches of rows that are shorter than two windows.
        var excluded = [Bool](repeating: false, count: 108)
        for row in 15..<93 { excluded[row] = true }
        let rest = sliding.excluding(rows: excluded)
        #expect(rest.count == 12 && rest.independentCount == 2)
        let sample = sliding.sample(of: 5)
        #expect(sample.count == 5 && sample.series.rows == 50)
        #expect(sliding.sample(of: 99).starts == sliding.starts)
    }
}
