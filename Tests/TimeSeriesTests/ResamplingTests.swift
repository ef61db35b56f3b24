import Testing
import TimeSeries

@Suite struct ResamplingTests {
    private let gap = Double.nan

    private func resampled(
        _ rows: TimedRows, _ interval: String, _ aggregate: Resampling.Aggregate = .mean
    ) throws -> TimedRows {
        var rows = rows
        let span = try #require(TimeSpan(interval))
        try rows.resample(Resampling(interval: span, aggregate: aggregate), maxValues: 1 << 20)
        return rows
    }

    @Test func cellsAreAggregated() throws {
        let rows = try timedRows(
            [1003, 1007, 1010, 1011, 1019.9, 1031], values: [4, 8, 1, 2, 6, 5],
            flags: ["a": [false, true, false, false, false, false]])
        let mean = try resampled(rows, "10s")
        #expect(mean.instants == [1000, 1010, 1020, 1030].map { $0 * 1_000_000_000 })
        #expect(mean.series.values.map { $0.isNaN ? -1 : $0 } == [6, 3, -1, 5])
        #expect(mean.flags == ["a": [true, false, false, false]])
        #expect(mean.recordings == [0..<4] && mean.isResampled && mean.origins == nil)
        #expect(try resampled(rows, "10s", .last).series.values[0..<2] == [8, 6])
        #expect(try resampled(rows, "10s", .min).series.values[0..<2] == [4, 1])
        #expect(try resampled(rows, "10s", .max).series.values[0..<2] == [8, 6])
    }

    @Test func rowsOfTheGridKnowTheRowsThatWereSent() throws {
        // Sent in reverse order; the cell of 1010 has the rows 0 and 1, that of 1020 none.
        var rows = try timedRows([1031, 1019, 1011, 1003], values: [1, 2, 3, 4])
        _ = try rows.order(.sort)
        let origins = try resampled(rows, "10s").rowOrigins
        #expect((0..<4).map { origins[$0] } == [3, 1, nil, 0])
        #expect(origins.ranges(of: 0..<4) == [0..<2, 3..<4])
        let warning = Warning(.outliers, .warning, "", rows: [1..<3])
        #expect(origins.locating(warning).rows == [1..<2])
        #expect(RowOrigins.same.locating(warning) == warning)
    }

    @Test func aGridIsSuggestedForIntervalsThatVary() throws {
        let varying = try timedRows([0, 7, 11, 30, 32, 45, 49, 70, 71, 80])
        #expect(varying.gridInterval == TimeSpan("10s"))
        #expect(varying.leavesCells(withInterval: TimeSpan(nanoseconds: 10_000_000_000)))
        #expect(try timedRows((0..<20).map { Double($0) * 10 }).gridInterval == nil, "regular")
        #expect(try timedRows([0, 1, 5]).gridInterval == nil, "too few")
        // Bursts: a grid would be almost empty.
        #expect(try timedRows((0..<40).map { Double($0 / 4 * 100_000 + $0 % 4) }).gridInterval == nil)
    }

    @Test func theGridIsThatOfTheClock() throws {
        let rows = try timedRows([-11, -1, 0, 9], values: [1, 2, 3, 4])
        let grid = try resampled(rows, "10s")
        #expect(grid.instants == [-20, -10, 0].map { $0 * 1_000_000_000 })
        #expect(grid.series.values == [1, 2, 3.5])
    }

    @Test func columnsOfDifferentClocksAreAligned() throws {
        // A wide export: each row has the cells of one of the columns.
        let rows = try timedRows(
            [0.1, 0.6, 1.1, 1.7, 2.1, 2.8], values: [1, gap, gap, 10, 2, gap, gap, 20, 3, gap, gap, 30])
        #expect(try resampled(rows, "1s").series.values == [1, 10, 2, 20, 3, 30])
        #expect(try resampled(rows, "1s", .last).series.values == [1, 10, 2, 20, 3, 30])
    }

    @Test func resamplingAgainChangesNothing() throws {
        var random = SplitMix(seed: 5)
        for aggregate in Resampling.Aggregate.allCases {
            let times = (0..<200).map { _ in Double.random(in: 0..<500, using: &random) }.sorted()
            let values = times.map { _ in Double.random(in: -1...1, using: &random) }
            let once = try resampled(timedRows(times, values: values), "7s", aggregate)
            let twice = try resampled(once, "7s", aggregate)
            #expect(once.instants == twice.instants && once.recordings == twice.recordings)
            #expect(once.series.values.map(\.bitPattern) == twice.series.values.map(\.bitPattern))
        }
    }

    @Test func recordingsStayApart() throws {
        var rows = try timedRows([0, 1, 2, 3, 60, 61, 62])
        #expect(rows.splitAtGaps(.automatic, interval: TimeSpan("2s")).map(\.code) == [.gaps])
        let grid = try resampled(rows, "2s")
        #expect(grid.recordings == [0..<2, 2..<4], "no rows are made for the gap")
        #expect(grid.instants.map { $0 / 1_000_000_000 } == [0, 2, 60, 62])
    }

    @Test func rowsThatAreDenserThanTheGridHaveNoGaps() throws {
        // Two clocks of 60 and 61 s: the intervals between rows vary from 0 to 60 s.
        let times = ((0..<100).map { Double($0) * 60 } + (0..<100).map { Double($0) * 61 + 0.5 }).sorted()
        var rows = try timedRows(times)
        #expect(rows.splitAtGaps(.automatic, interval: TimeSpan("1m")).isEmpty)
        #expect(rows.recordings == [0..<200])
    }

    @Test func tooManyRowsAreRefused() throws {
        var rows = try timedRows([0, 1e6])
        let error = #expect(throws: TimeError.self) {
            try rows.resample(Resampling(interval: TimeSpan("1s")!), maxValues: 1000)
        }
        #expect(
            error?.detail
                == "an interval of 1s makes more than 1000 rows of 2; use a longer interval, or a max_gap at "
                + "which recordings end")
    }
}
