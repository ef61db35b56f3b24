import Testing
import TimeSeries

@Suite struct ScalerTests {
    private let series: Series

    init() throws {
        series = try Series(values: [1, 10, 7, 2, 20, 7, 3, 60, 7, 100, 0, 7], features: 3)
    }

    @Test func standardScalingIsFittedToTheGivenRowsOnly() {
        let scaler = Scaler(.standard, fittedTo: series, rows: [0..<3])
        #expect(scaler.offset == [2, 30, 7])
        #expect(abs(scaler.scale[0] - Float(2.0 / 3).squareRoot()) < 1e-6)
        #expect(scaler.scale[2] == 1, "a constant feature is not divided by zero")
        var rows = series.values
        scaler.transform(&rows)
        #expect(rows[2] == 0)
        #expect(abs(rows[0] + 1.224745) < 1e-5)
        scaler.inverseTransform(&rows)
        for (back, original) in zip(rows, series.values) { #expect(abs(back - original) < 1e-4) }
    }

    @Test func minmaxMapsToTheUnitRange() {
        let scaler = Scaler(.minmax, fittedTo: series, rows: [0..<3])
        var rows = series.values
        scaler.transform(&rows)
        #expect(rows[0] == 0 && rows[6] == 1 && rows[1] == 0 && rows[7] == 1)
        #expect(rows[9] > 1)
    }

    @Test func noneLeavesTheDataUnchanged() {
        var rows = series.values
        Scaler(.none, fittedTo: series, rows: [0..<4]).transform(&rows)
        #expect(rows == series.values)
    }

    @Test func aConstantFeatureWithALargeOffsetHasScaleOne() throws {
        let flat = try Series(values: [1e6, 1e6, 1e6], features: 1)
        #expect(Scaler(.standard, fittedTo: flat, rows: [0..<3]).scale == [1])
    }
}
