import Testing
import TimeSeries

@Suite struct DifferencesTests {
    private let gap = Double.nan

    /// The differences of one feature, and the rows of restarts.
    private func taken(
        _ values: [Double], training: [Double]? = nil, seconds: [Double]? = nil,
        recordings: [Range<Int>]? = nil
    ) throws -> (values: [Double], restarts: [Int], recordings: [Range<Int>]) {
        let instants = seconds.map { $0.map { Int64($0 * 1e9) } }
        let fitted = try Series(values: training ?? values, features: 1)
        let differences = Differences(
            of: [0], fittedTo: fitted, recordings: [0..<fitted.rows],
            instants: training == nil ? instants : nil)
        var series = try Series(values: values, features: 1)
        var recordings = recordings ?? [0..<series.rows]
        let restarts = differences.apply(to: &series, recordings: &recordings, instants: instants)
        return (series.values, restarts[0] ?? [], recordings)
    }

    @Test func aCounterBecomesARate() throws {
        let counter = (0..<10).map { 4e12 + Double($0) * 1500 }
        let result = try taken(counter)
        #expect(result.values == [Double](repeating: 1500, count: 10), "exact at an offset of 4·10^12")
        #expect(result.recordings == [1..<10], "the first row has no difference")
    }

    @Test func recordingsStartAnew() throws {
        let result = try taken([1, 2, 3, 100, 110, 120], recordings: [0..<3, 3..<6])
        #expect(result.values == [1, 1, 1, 10, 10, 10] && result.recordings == [1..<3, 4..<6])
        #expect(try taken([1, 2], recordings: [0..<1, 1..<2]).recordings == [1..<1, 2..<2])
    }

    @Test func aRateDoesNotDependOnMissingRows() throws {
        let counter = [0, 10, 20, gap, 40, 50]
        let result = try taken(counter)
        #expect(result.values.map { $0.isNaN ? -1 : $0 } == [10, 10, 10, -1, 10, 10])
        // With times, a missing row leaves a longer interval.
        #expect(try taken([0, 10, 20, 40, 50], seconds: [0, 1, 2, 4, 5]).values == [10, 10, 10, 10, 10])
        #expect(try taken([gap, gap, 20, 30, 40]).values[3...] == [10, 10])
    }

    @Test func timesAreConvertedToTheIntervalOfTheTrainingRows() throws {
        let series = try Series<Double>(values: [0, 60, 120, 180], features: 1)
        let minute: Int64 = 60_000_000_000
        let differences = Differences(
            of: [0], fittedTo: series, recordings: [0..<4], instants: [0, minute, 2 * minute, 3 * minute])
        #expect(differences.interval == TimeSpan("1m"))
        var scored = try Series<Double>(values: [0, 30, 60], features: 1)
        var recordings = [0..<3]
        _ = differences.apply(to: &scored, recordings: &recordings, instants: [0, minute / 2, minute])
        #expect(scored.values == [60, 60, 60])
    }

    @Test func aRestartIsNotANegativeRate() throws {
        let result = try taken((0..<20).map { 1e6 + Double($0) * 5 } + (0..<20).map { 3 + Double($0) * 5 })
        #expect(result.restarts == [20])
        #expect(result.values == [Double](repeating: 5, count: 40))
        // A restart before any other difference takes that of the row after.
        #expect(try taken([900, 5, 10, 15], training: [0, 5, 10, 15, 20]).values == [5, 5, 5, 5])
    }

    @Test(arguments: [0x1p32, 0x1p64])
    func aCounterThatPassesTheLargestNumberOfItsTypeGoesOn(size: Double) throws {
        let step = size / 1024
        let counter = (0..<30).map { index -> Double in
            let value = size - 9.5 * step + Double(index) * step
            return value < size ? value : value - size
        }
        let result = try taken(counter)
        #expect(result.restarts.isEmpty)
        #expect(result.values == [Double](repeating: step, count: 30))
    }

    @Test func aFallOfAnotherFeatureIsADifference() throws {
        let level = (0..<40).map { Double($0 % 2 == 0 ? 100 : 103) }
        let result = try taken([100, 102, 10, 11], training: level)
        #expect(result.values[1...] == [2, -92, 1] && result.restarts.isEmpty)
        let flips = (0..<100).map { Double($0 / 25 % 2) }
        #expect(try taken([0, 1, 0, 0], training: flips).values[1...] == [1, -1, 0])
    }

    @Test func aSmallFallOfACounterRemainsVisible() throws {
        #expect(try taken([100, 105, 95, 100], training: [0, 5, 10, 15]).values[1...] == [5, -10, 5])
    }

    @Test func otherFeaturesKeepTheirValues() throws {
        var series = try Series<Double>(values: [1, 10, 2, 30, 3, 60], features: 2)
        let differences = Differences(of: [1], fittedTo: series, recordings: [0..<3], instants: nil)
        var recordings = [0..<3]
        _ = differences.apply(to: &series, recordings: &recordings, instants: nil)
        #expect(series.values == [1, 20, 2, 20, 3, 30])
    }

    @Test func largeChangesStayFinite() throws {
        let result = try taken([1e308, -1e308, 1e308], training: [1, 0.9, 1, 0.9])
        #expect(result.values.allSatisfy { $0.isFinite })
    }
}
