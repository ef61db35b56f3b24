import Testing
import TimeSeries

@Suite struct StatisticsTests {
    @Test func quantilesInterpolateAsNumPyDoes() {
        #expect(quantile([4, 1, 3, 2], 0.5) == 2.5)
        #expect(quantile([1, 2, 3, 4, 5], 0.99).map { abs($0 - 4.96) < 1e-6 } == true)
        #expect(quantile([7], 0.99) == 7)
        #expect(quantile([], 0.5) == nil)
    }

    @Test func eachWindowHasItsMeanSquaredError() throws {
        let windows = try Windows(values: [1, 2, 3, 4, 5, 6, 7, 8], timesteps: 2, features: 2)
        #expect(meanSquaredErrors(of: windows, reconstructions: [1, 2, 3, 4, 5, 6, 7, 10]) == [0, 1])
    }
}
