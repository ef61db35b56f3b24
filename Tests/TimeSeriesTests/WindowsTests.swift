import Testing
import TimeSeries

@Suite struct WindowsTests {
    private func series(rows: Int) throws -> Series {
        let values = (0..<rows).flatMap { [Float($0), Float($0) + 0.5] }
        return try Series(values: values, features: 2)
    }

    private func firstFeature(_ windows: Windows) -> [[Float]] {
        windows.starts.indices.map { index in
            windows.withWindow(index) { window in stride(from: 0, to: window.count, by: 2).map { window[$0] }
            }
        }
    }

    /// The article's Figure 1.2: nine rows, lookback 3.
    @Test func temporalizeIsTheArticles() throws {
        let windows = try Windows.temporalize(series(rows: 9), lookback: 3)
        #expect(firstFeature(windows) == [[2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6, 7], [6, 7, 8]])
        #expect(throws: DataError.self) { try Windows.temporalize(self.series(rows: 4), lookback: 3) }
        #expect(try Windows.temporalize(series(rows: 5), lookback: 3).count == 1)
    }

    @Test func slidingWithStride() throws {
        #expect(firstFeature(try .sliding(over: series(rows: 4), timesteps: 3)) == [[0, 1, 2], [1, 2, 3]])
        #expect(
            firstFeature(try .sliding(over: series(rows: 8), timesteps: 3, stride: 2))
                == [[0, 1, 2], [2, 3, 4], [4, 5, 6]])
        #expect(throws: DataError.self) { try Windows.sliding(over: self.series(rows: 2), timesteps: 3) }
        #expect(throws: DataError.self) {
            try Windows.sliding(over: self.series(rows: 2), timesteps: 1, stride: 0)
        }
    }

    @Test func splitTakesTheLastPart() throws {
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

    @Test func shapesMustFit() {
        #expect(throws: DataError.self) { try Series(values: [1, 2, 3], features: 2) }
        #expect(throws: DataError.self) { try Series(values: [], features: 0) }
        #expect(throws: DataError.self) {
            try Windows(values: [1, 2, 3, 4, 5, 6], timesteps: 2, features: 2)
        }
    }
}

@Suite struct ScalerTests {
    private let series: Series

    init() throws {
        series = try Series(values: [1, 10, 7, 2, 20, 7, 3, 60, 7, 100, 0, 7], features: 3)
    }

    @Test func standardIsLearnedOnItsRowsOnly() {
        let scaler = Scaler(.standard, learnedFrom: series, rows: [0..<3])
        #expect(scaler.offset == [2, 30, 7])
        #expect(abs(scaler.scale[0] - Float(2.0 / 3).squareRoot()) < 1e-6)
        #expect(scaler.scale[2] == 1, "a constant feature is not divided by zero")
        var rows = series.values
        scaler.apply(to: &rows)
        #expect(rows[2] == 0)
        #expect(abs(rows[0] + 1.224745) < 1e-5)
        scaler.undo(&rows)
        for (back, original) in zip(rows, series.values) { #expect(abs(back - original) < 1e-4) }
    }

    @Test func minmaxMapsToTheUnitRange() {
        let scaler = Scaler(.minmax, learnedFrom: series, rows: [0..<3])
        var rows = series.values
        scaler.apply(to: &rows)
        #expect(rows[0] == 0 && rows[6] == 1 && rows[1] == 0 && rows[7] == 1)
        #expect(rows[9] > 1)
    }

    @Test func noneLeavesTheData() {
        var rows = series.values
        Scaler(.none, learnedFrom: series, rows: [0..<4]).apply(to: &rows)
        #expect(rows == series.values)
    }

    @Test func aLargeOffsetIsNotTakenForVariation() throws {
        let flat = try Series(values: [1e6, 1e6, 1e6], features: 1)
        #expect(Scaler(.standard, learnedFrom: flat, rows: [0..<3]).scale == [1])
    }
}

@Suite struct MissingValuesTests {
    private func filled(
        _ values: [Float], _ policy: MissingValues, within stretches: [Range<Int>]? = nil
    ) throws -> [Float] {
        var series = try Series(values: values, features: 1)
        try series.fillMissing(policy, within: stretches)
        return series.values
    }
    private let gap = Float.nan

    @Test func policies() throws {
        #expect(try filled([gap, 1, gap, gap, 4, gap], .previous) == [1, 1, 1, 1, 4, 4])
        #expect(try filled([gap, 1, gap, gap, 4, gap], .linear) == [1, 1, 2, 3, 4, 4])
        #expect(
            try filled([-3e38, gap, 3e38], .linear) == [-3e38, 0, 3e38], "without overflow between them")
        #expect(try filled([gap, 1, gap, gap, 4, gap], .zero) == [0, 1, 0, 0, 4, 0])
        #expect(try filled([1, 2], .error) == [1, 2])
    }

    @Test func stretchesDoNotBorrowFromTheirNeighbours() throws {
        #expect(try filled([1, gap, gap, 5], .previous, within: [0..<2, 2..<4]) == [1, 1, 5, 5])
    }

    @Test func refusalsNameRowAndFeature() throws {
        var series = try Series(values: [1, 2, 3, gap], features: 2)
        let error = #expect(throws: DataError.self) { try series.fillMissing(.error, within: [0..<2]) }
        guard case .missing(row: 1, feature: 1, _) = error else {
            Issue.record("wrong place: \(String(describing: error))")
            return
        }
        var empty = try Series(values: [1, gap, 3, gap], features: 2)
        #expect(throws: DataError.self) { try empty.fillMissing(.linear, within: [0..<2]) }
    }
}

@Suite struct StatisticsTests {
    @Test func quantilesInterpolateAsNumPyDoes() {
        #expect(quantile([4, 1, 3, 2], 0.5) == 2.5)
        #expect(quantile([1, 2, 3, 4, 5], 0.99).map { abs($0 - 4.96) < 1e-6 } == true)
        #expect(quantile([7], 0.99) == 7)
        #expect(quantile([], 0.5) == nil)
    }

    @Test func meanSquaredErrorOfEachWindow() throws {
        let windows = try Windows(values: [1, 2, 3, 4, 5, 6, 7, 8], timesteps: 2, features: 2)
        #expect(meanSquaredErrors(of: windows, reconstructions: [1, 2, 3, 4, 5, 6, 7, 10]) == [0, 1])
    }
}
