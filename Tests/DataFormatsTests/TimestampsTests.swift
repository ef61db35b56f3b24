import DataFormats
import Testing

/// The forms of timestamps.
@Suite struct TimestampsTests {
    /// 2026-12-31T23:59:00Z in nanoseconds.
    static let instant: Int64 = 1_798_761_540_000_000_000

    static let forms: [(text: String, clock: Timestamps.Clock, rest: Int64)] = [
        ("2026-12-31T23:59:00Z", .utc, 0), ("2026-12-31T23:59Z", .utc, 0), ("2026-12-31t23:59:00z", .utc, 0),
        ("2026-12-31 23:59:00+00:00", .utc, 0), ("2027-01-01T00:59:00+01:00", .utc, 0),
        ("2026-12-31T18:29:00-0530", .utc, 0), ("2027-01-01 01:59:00 +02", .utc, 0),
        ("2026-12-31 23:59:00 UTC", .utc, 0), ("2026-12-31T23:59:00.25Z", .utc, 250_000_000),
        ("2026-12-31T23:59:00,123456789Z", .utc, 123_456_789), ("20261231T235900Z", .utc, 0),
        ("2026-12-31 23:59:00.0000000019", .local, 1), ("2026-12-31 23:59", .local, 0),
        ("2026/12/31 23:59:00", .local, 0), ("2026-12-31 11:59:00 PM", .local, 0),
        ("31.12.2026 23:59", .local, 0), ("31.12.2026, 23:59:00", .local, 0),
        ("31.12.26 23:59:00", .local, 0),
        ("12/31/2026 23:59", .local, 0), ("12/31/2026, 11:59:00 PM", .local, 0),
        ("31/12/2026 23:59", .local, 0),
        ("31-12-2026 23:59", .local, 0), ("31-Dec-2026 23:59:00", .local, 0), ("31-Dec-26 23:59", .local, 0),
        ("Dec 31, 2026 23:59:00", .local, 0), ("31 December 2026 23:59", .local, 0),
        ("Thu, 31 Dec 2026 23:59:00 GMT", .utc, 0), ("31/Dec/2026:23:59:00 +0000", .utc, 0),
        ("202612312359", .local, 0), ("20261231235900", .local, 0),
        ("2026-12-31 24:00", .local, 60_000_000_000),
        ("2026-12-31 23:59:60", .local, 60_000_000_000), ("1798761540", .utc, 0), ("1798761540000", .utc, 0),
        ("1798761540000000", .utc, 0), ("1798761540000000000", .utc, 0), ("1798761540.5", .utc, 500_000_000),
        ("1798761540000.125", .utc, 125_000), ("1.79876154e9", .utc, 0),
    ]

    @Test(arguments: forms) func aFormIsUnderstood(
        _ form: (text: String, clock: Timestamps.Clock, rest: Int64)
    )
        throws
    {
        let timestamps = try Timestamps(texts: [form.text])
        #expect(timestamps.instants == [Self.instant + form.rest])
        #expect(timestamps.clock == form.clock)
    }

    @Test(arguments: [
        "", "x", "2026-13-01", "2026-02-29", "2026-12-31T25:00", "2026-12-31T24:01", "2026-12-31T23:60",
        "12:60",
        "2026-12-31T23:59:61", "2026-12-31T23:59+1", "2026-12-31T23:59 CET", "31.13.2026", "13/13/2026",
        "0/1/2026",
        "12/31/26", "2026-12-31x", "31-Dez-2026", "2026-1", "13:00 PM", "1500-01-01", "2500-01-01", "NaN",
        "2026-12-31T", "2026-12-31T23:59:00.", "99999999999999999999",
    ])
    func otherTextIsRefused(_ text: String) {
        #expect(throws: TableError.self) { _ = try Timestamps(texts: [text]) }
    }

    @Test func cellsAreKeptAsTheyWereSent() throws {
        let texts = ["2026-12-31T23:59:00Z", "2027-01-01T01:00:00+01:00"]
        #expect(try Timestamps(texts: texts).cells == .texts(PackedTexts(texts)))
        #expect(
            try Timestamps(texts: ["1700000000", "1700000001"]).cells
                == .integers([1_700_000_000, 1_700_000_001]))
        #expect(try Timestamps(integers: [1_700_000_000_000]).format == "Unix milliseconds")
        #expect(try Timestamps(numbers: [1_700_000_000.5]).cells == .numbers([1_700_000_000.5]))
        #expect(try Timestamps(numbers: [0, 0.1, 0.2]).instants == [0, 100_000_000, 200_000_000])
    }

    @Test func nanosecondsAreExact() throws {
        let first: Int64 = 1_700_000_000_123_456_789
        #expect(try Timestamps(texts: ["\(first)", "\(first + 1)"]).instants == [first, first + 1])
        #expect(try Timestamps(integers: [first]).instants == [first])
        #expect(try Timestamps(texts: ["1700000000.123456789"]).instants == [first])
    }

    @Test func oneCellDecidesTheOrderOfDayAndMonth() throws {
        let monthFirst = try Timestamps(texts: ["01/02/2026", "01/13/2026"])
        #expect(monthFirst.format == "month/day/year")
        #expect(monthFirst.instants[1] - monthFirst.instants[0] == 11 * 86_400_000_000_000)
        let dayFirst = try Timestamps(texts: ["01/02/2026", "13/02/2026"])
        #expect(dayFirst.format == "day/month/year")
        #expect(dayFirst.instants[1] - dayFirst.instants[0] == 12 * 86_400_000_000_000)
    }

    /// Columns that are refused, with the row and parts of the message.
    static let refused: [(texts: [String], row: Int?, words: [String])] = [
        (["2026-01-01T00:00Z", "2026-01-01 00:01"], 1, ["in another form", "row 0"]),
        (["2026-01-01T00:00Z", "2026-01-01T00:01"], 1, ["in another form"]),
        (["2026-01-01 00:00", "2026-01-02"], 1, ["in another form"]),
        (["2026-01-01", "02.01.2026"], 1, ["in another form"]),
        (["2026-01-01", "1700000000"], 1, ["'1700000000'", "2026-01-01"]),
        (["1700000000", "2026-01-01"], 1, ["'2026-01-01'", "not a number"]),
        (["1700000000", "1700000001000"], 1, ["not a Unix time in seconds", "1700000001000"]),
        (["1700000000", "0"], 1, ["not a Unix time"]),
        (["2026-01-01", "NA"], 1, ["no value"]),
        (["01/02/2026", "03/04/2026"], 0, ["day and month"]),
        (["13/02/2026", "02/13/2026"], 1, ["the month stands elsewhere"]),
        (["01/02/2026", "13/02/2026", "30/02/2026"], 2, ["does not exist"]),
        (["23:59", "00:00"], 1, ["without a date"]),
        ([], nil, ["no timestamps"]),
    ]

    @Test(arguments: refused) func aColumnOfTwoFormsIsRefused(
        _ column: (texts: [String], row: Int?, words: [String])
    ) throws {
        let error = try #require(throws: TableError.self) { _ = try Timestamps(texts: column.texts) }
        #expect(error.row == column.row)
        for word in column.words { #expect(error.description.contains(word), "in: \(error)") }
    }

    @Test func relativeClocksCountFromTheirStart() throws {
        func clock(_ text: String, _ options: TableOptions = TableOptions()) throws -> Timestamps? {
            try Table(csv: Array(text.utf8), options).timestamps
        }
        let seconds = try #require(try clock("Time (s),a\n0,1\n0.001,2\n"))
        #expect(seconds.clock == .relative && seconds.instants == [0, 1_000_000])
        #expect(try clock("time_ms,a\n0,1\n5,2\n")?.instants == [0, 5_000_000])
        #expect(try clock("Time [h],a\n0,1\n1.5,2\n")?.instants == [0, 5_400_000_000_000])
        #expect(try clock("t (min),a\n0,1\n1,2\n")?.instants == [0, 60_000_000_000])
        #expect(
            try clock("time,a\n0 days 00:00:00,1\n1 days 00:00:00.5,2\n")?.instants == [
                0, 86_400_500_000_000,
            ])
        #expect(try clock("time,a\n10:00:00,1\n10:00:01,2\n")?.clock == .relative)
        // Newest first is a clock, too; that rows are out of order is found later.
        #expect(try clock("time,a\n3,1\n2,2\n1,3\n")?.instants.first == 3_000_000_000)
        // A clock starts again with each recording, and may be out of order if it is named.
        let recordings = "id,time,a\nx,0,1\nx,1,2\ny,0,3\ny,1,4\n"
        #expect(
            try clock(recordings, TableOptions(recording: "id"))?.instants
                == [0, 1, 0, 1].map { $0 * 1_000_000_000 })
        #expect(try clock("step,a\n5,1\n3,2\n9,3\n", TableOptions(timestamp: "step"))?.instants.count == 3)
        #expect(throws: TableError.self) { try clock("time_ms,a\n1700000000,1\n") }
    }

    @Test(arguments: [
        "time", "Time", "DATETIME", "dateTime", "Date", "Timestamp", "TimeStamp", "ts", "epoch", "unix_time",
        "UnixTime",
        "_time", "@timestamp", "Date/Time", "time_ms", "timestamp_utc", "Zeit", "Datum", "Zeitstempel",
        "event_time",
        "Time (UTC)", "timestamp [ms]", "time.s", "epoch_ms",
    ])
    func aNameExplainsTimes(_ name: String) throws {
        let cell =
            name.lowercased().contains("s") && name.contains("m") && name.contains("ms")
            ? "1700000000000" : "1700000000"
        let table = try Table(csv: Array("a,\(name)\n1,\(cell)\n".utf8))
        #expect(table.columns.map(\.role) == [.feature, .timestamp])
    }

    @Test(arguments: [
        "times", "dates", "t", "runtime", "response_time", "temp", "candidate", "uptime", "s", "daytime",
    ])
    func anotherNameDoesNot(_ name: String) throws {
        let table = try Table(csv: Array("a,\(name)\n1,1700000000\n".utf8))
        #expect(table.columns.map(\.role) == [.feature, .feature])
    }
}
