import Testing
import TimeSeries

/// Makes rows of one feature at times in seconds.
func timedRows(
    _ seconds: [Double], values: [Double]? = nil, recordings: [Range<Int>]? = nil,
    flags: [String: [Bool]] = [:],
    hasLocalClock: Bool = false
) throws -> TimedRows {
    let values = values ?? seconds.indices.map(Double.init)
    return TimedRows(
        try Series(values: values, features: values.count / seconds.count),
        instants: seconds.map { Int64($0 * 1e9) }, recordings: recordings, flags: flags,
        hasLocalClock: hasLocalClock)
}

@Suite struct RowOrderTests {
    @Test func rowsInOrderAreNotTouched() throws {
        let rows = try timedRows([0, 1, 1, 2])
        var sorted = rows
        #expect(try sorted.order(.error).isEmpty)
        #expect(try sorted.order(.sort).isEmpty)
        #expect(sorted == rows && rows.order == .ascending && sorted.origins == nil)
    }

    @Test func fallingRowsAreRefusedOrReversed() throws {
        var rows = try timedRows([3, 2, 2, 1], flags: ["a": [true, false, false, false]])
        #expect(rows.order == .descending)
        let error = #expect(throws: TimeError.self) { try rows.order(.error) }
        #expect(error?.row == 1 && error?.code == .unordered)
        #expect(error?.detail.contains("newest row is first") == true)
        let warnings = try rows.order(.sort)
        #expect(warnings.map(\.code) == [.unordered] && warnings[0].level == .info)
        #expect(rows.instants == [1, 2, 2, 3].map { $0 * 1_000_000_000 })
        // The rows of the same time are reversed as well: the second one is the newest.
        #expect(rows.series.values == [3, 2, 1, 0] && rows.origins == [3, 2, 1, 0])
        #expect(rows.flags == ["a": [false, false, false, true]])
    }

    @Test func shuffledRowsAreCountedAndSorted() throws {
        var rows = try timedRows([0, 3, 1, 2, 5, 4])
        #expect(rows.order == .unordered)
        let error = #expect(throws: TimeError.self) { try rows.order(.error) }
        #expect(error?.row == 2 && error?.rows == [2..<3, 5..<6])
        #expect(
            error?.detail
                == "is 2 s earlier than that of the row before; 2 rows are out of order; send the rows in "
                + "the order of time, or set order to sort")
        #expect(try rows.order(.sort).first?.rows == [2..<3, 5..<6])
        #expect(rows.series.values == [0, 2, 3, 1, 5, 4])
    }

    @Test func sortingAShuffleRestoresRows() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let count = Int.random(in: 2...40, using: &random)
            let times = (0..<count).map { Double($0) + .random(in: 0..<0.9, using: &random) }
            let original = try timedRows(times, values: times.flatMap { [$0, -$0] })
            let order = (0..<count).shuffled(using: &random)
            var shuffled = try timedRows(
                order.map { times[$0] }, values: order.flatMap { [times[$0], -times[$0]] })
            _ = try shuffled.order(.sort)
            #expect(shuffled.series == original.series && shuffled.instants == original.instants)
            #expect(shuffled.origins.map { $0.map { order[$0] } } ?? order == Array(0..<count))
        }
    }

    @Test func rowsStayInTheirRecording() throws {
        var rows = try timedRows([5, 6, 1, 0], recordings: [0..<2, 2..<4])
        #expect(rows.order == .unordered)
        _ = try rows.order(.sort)
        #expect(rows.series.values == [0, 1, 3, 2] && rows.recordings == [0..<2, 2..<4])
    }

    /// 00:00 to 03:00 every ten minutes, where the clock is set back from 03:00 to 02:00.
    private func autumn() -> [Double] {
        ((0..<18).map { Double($0) * 600 }) + ((12..<30).map { Double($0) * 600 })
    }

    @Test func aLocalClockThatIsSetBackIsNamed() throws {
        var rows = try timedRows(autumn(), hasLocalClock: true)
        #expect(rows.order == .clockSetBack)
        let error = #expect(throws: TimeError.self) { try rows.order(.error) }
        #expect(error?.row == 18)
        #expect(error?.detail.contains("end of daylight saving time") == true)
        #expect(error?.detail.contains("UTC") == true)
        let before = rows.series
        let warnings = try rows.order(.sort)
        #expect(warnings.first?.rows == [18..<19])
        #expect(rows.series == before, "the rows are in order already")
        #expect(rows.instants == (0..<36).map { Int64($0) * 600_000_000_000 })
        #expect(try rows.mergeDuplicates(.error).isEmpty)
        #expect(rows.splitAtGaps(.automatic).isEmpty)
    }

    @Test func onlyAnHourOfALocalClockIsDaylightSavingTime() throws {
        #expect(try timedRows(autumn()).order == .unordered, "UTC is never set back")
        let twoHours = autumn().enumerated().map { $0.offset < 18 ? $0.element : $0.element - 3600 }
        #expect(try timedRows(twoHours, hasLocalClock: true).order == .unordered)
        let swapped = [0, 2, 1, 3, 4, 5, 6].map { $0 * 1800.0 }
        #expect(try timedRows(swapped, hasLocalClock: true).order == .unordered)
    }

    @Test func extremeInstantsDoNotOverflow() throws {
        let series = try Series<Double>(values: [1, 2, 3, 4], features: 1)
        var rows = TimedRows(
            series, instants: [.max, .min, 0, .min + 1], hasLocalClock: true)
        #expect(throws: TimeError.self) { try rows.order(.error) }
        _ = try rows.order(.sort)
        #expect(rows.instants == [.min, .min + 1, 0, .max])
        #expect(try rows.mergeDuplicates(.mean).isEmpty)
        _ = rows.splitAtGaps(.automatic)
        for interval: Int64 in [1, 1_000_000_000] {
            let resampling = Resampling(interval: TimeSpan(nanoseconds: interval))
            #expect(throws: TimeError.self) { try rows.resample(resampling, maxValues: 1000) }
        }
        try rows.resample(Resampling(interval: TimeSpan(nanoseconds: .max)), maxValues: 1000)
        #expect(rows.rows > 0)
    }
}

@Suite struct DuplicateTests {
    private let gap = Double.nan

    @Test func rowsWithTheSameTimeAreRefused() throws {
        var rows = try timedRows([0, 1, 1, 2, 2, 2, 3, 4, 5])
        #expect(rows.duplicateCount == 3)
        let error = #expect(throws: TimeError.self) { try rows.mergeDuplicates(.error) }
        #expect(error?.row == 2 && error?.rows == [2..<3, 4..<6] && error?.code == .duplicateTimestamps)
        #expect(
            error?.detail
                == "is the same as that of the row before, as in 2 more rows; send each time once, or set "
                + "duplicates to last or mean")
    }

    @Test func oneMoreRowIsOneRow() throws {
        var rows = try timedRows([0, 1, 1, 1])
        let error = #expect(throws: TimeError.self) { try rows.mergeDuplicates(.error) }
        #expect(error?.detail.contains("as in 1 more row; send") == true, "\(error?.detail ?? "")")
    }

    @Test func theLastRowIsKeptOrTheMeanTaken() throws {
        let rows = try timedRows(
            [0, 1, 1, 2], values: [1, 10, 2, 20, 4, gap, 5, 50], flags: ["a": [false, true, false, false]])
        var last = rows
        #expect(try last.mergeDuplicates(.last).first?.rows == [2..<3])
        #expect(last.series.values[0..<3] == [1, 10, 4] && last.series.values[3].isNaN)
        #expect(last.flags == ["a": [false, true, false]] && last.origins == [0, 2, 3])
        var mean = rows
        _ = try mean.mergeDuplicates(.mean)
        #expect(mean.series.values == [1, 10, 3, 20, 5, 50])
        #expect(mean.recordings == [0..<3])
    }

    @Test func recordingsMayShareATime() throws {
        var rows = try timedRows([0, 1, 1, 1], recordings: [0..<2, 2..<4])
        _ = try rows.mergeDuplicates(.last)
        #expect(rows.series.values == [0, 1, 3] && rows.recordings == [0..<2, 2..<3])
    }

    @Test func coarseTimestampsAndRepeatedHoursAreNamed() throws {
        var coarse = try timedRows([0, 0, 0, 1, 1, 1])
        let error = #expect(throws: TimeError.self) { try coarse.mergeDuplicates(.error) }
        #expect(error?.detail.contains("coarser than the rows") == true)
        var hourly = try timedRows([0, 1, 2, 2, 3, 4, 5].map { $0 * 3600 }, hasLocalClock: true)
        let repeated = #expect(throws: TimeError.self) { try hourly.mergeDuplicates(.error) }
        #expect(repeated?.detail.contains("daylight saving time") == true)
    }

    @Test func meansOfLargeValuesAreExact() throws {
        var rows = try timedRows([0, 0, 0], values: [1e15 + 1, 1e15 + 2, 1e15 + 3])
        _ = try rows.mergeDuplicates(.mean)
        #expect(rows.series.values == [1e15 + 2])
    }
}

@Suite struct GapTests {
    @Test func aLongIntervalEndsARecording() throws {
        var rows = try timedRows([0, 1, 2, 3, 11, 12, 13])
        let warnings = rows.splitAtGaps(.automatic)
        #expect(rows.recordings == [0..<4, 4..<7])
        #expect(warnings.map(\.code) == [.gaps] && warnings[0].rows == [4..<5])
        #expect(
            warnings[0].message
                == "There is a gap between rows of 8 s, longer than 3s. No window spans it. Set max_gap to "
                + "allow longer ones.")
    }

    @Test func threeMedianIntervalsAreNoGap() throws {
        var rows = try timedRows([0, 1, 2, 5, 6, 7, 10.5, 11] + (12..<40).map(Double.init))
        _ = rows.splitAtGaps(.automatic)
        #expect(rows.recordings == [0..<6, 6..<36])
    }

    @Test func theLimitCanBeSet() throws {
        let times: [Double] = [0, 1, 2, 5, 6]
        var rows = try timedRows(times)
        _ = rows.splitAtGaps(.longer(than: TimeSpan("2s")!))
        #expect(rows.recordings == [0..<3, 3..<5])
        rows = try timedRows([0, 1, 2, 1000])
        #expect(rows.splitAtGaps(.none).isEmpty && rows.recordings == [0..<4])
    }

    @Test func recordingsAreSplitEachOnItsOwn() throws {
        // The step from one recording to the next is no interval.
        var rows = try timedRows(
            [0, 1, 2, 3, 50, 51, 90, 91, 92, 93, 94, 95, 96], recordings: [0..<4, 4..<13])
        _ = rows.splitAtGaps(.automatic)
        #expect(rows.recordings == [0..<4, 4..<6, 6..<13])
    }

    @Test func aSeriesOfEventsIsNotShattered() throws {
        var random = SplitMix(seed: 7)
        // Exponential intervals: an eighth of them are longer than three medians.
        var time = 0.0
        let times = (0..<500).map { _ in
            time += -Double.random(in: 1e-6..<1, using: &random).logarithm
            return time
        }
        var rows = try timedRows(times)
        let warnings = rows.splitAtGaps(.automatic)
        #expect(rows.recordings == [0..<500])
        #expect(warnings.map(\.code) == [.irregularIntervals])
        #expect(warnings.first?.message.contains("interval to resample, such as \"1s\"") == true)
        _ = rows.splitAtGaps(.longer(than: TimeSpan("3s")!))
        #expect(rows.recordings.count > 10, "a length that was asked for holds")
    }

    @Test func jitterAndMissingRowsAreRegular() throws {
        var random = SplitMix(seed: 3)
        let times = (0..<1000).filter { _ in Int.random(in: 0..<5, using: &random) > 0 }
            .map { Double($0) + .random(in: -0.2...0.2, using: &random) }
        var rows = try timedRows(times)
        let warnings = rows.splitAtGaps(.automatic)
        #expect(warnings.allSatisfy { $0.code == .gaps })
        #expect(rows.recordings.count < 20)
    }

    @Test func fewRowsHaveNoUsualInterval() throws {
        for times in [[], [5], [5, 9], [0, 1, 100]] as [[Double]] where !times.isEmpty {
            var rows = try timedRows(times)
            #expect(!rows.splitAtGaps(.automatic).contains { $0.code == .gaps })
            #expect(rows.recordings == [0..<times.count])
        }
    }

    @Test func warningsAreLimited() throws {
        var rows = try timedRows((0..<1000).map { Double($0 / 2 * 100 + $0 % 2) })
        let warnings = rows.splitAtGaps(.longer(than: TimeSpan("5s")!))
        #expect(rows.recordings.count == 500)
        #expect(warnings[0].message.hasPrefix("There are 499 gaps between rows, the longest of 1.65 m"))
        #expect(warnings[0].rows?.count == 100)
    }
}

/// A generator with a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Double {
    /// The natural logarithm, from its series after the exponent is taken off.
    fileprivate var logarithm: Double {
        let x = (significand - 1) / (significand + 1)
        var (term, sum) = (x, 0.0)
        for n in stride(from: 1.0, to: 60, by: 2) {
            sum += term / n
            term *= x * x
        }
        return 2 * sum + Double(exponent) * 0.693147180559945
    }
}
