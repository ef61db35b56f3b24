import DataFormats
import Testing
import TimeSeries

/// Which columns are features, and what becomes of the others.
@Suite struct TableRolesTests {
    /// A document, and the roles of its columns in one letter each: f, t, l, r, i.
    struct Readable: CustomTestStringConvertible {
        let title: String
        let text: String
        var options = TableOptions()
        let roles: String
        let values: [Double]
        var warnings: [WarningCode] = []

        var testDescription: String { title }
    }

    static let readable: [Readable] = [
        Readable(title: "features", text: "a,b\n1,2\n3,4\n", roles: "ff", values: [1, 2, 3, 4]),
        Readable(
            title: "ISO 8601 by name", text: "time,a\n2026-01-01T00:00:00Z,1\n2026-01-01T00:01:00Z,2\n",
            roles: "tf", values: [1, 2]),
        Readable(
            title: "timestamps behind the features", text: "a,b,Date/Time\n1,2,2026-01-01 00:00\n",
            roles: "fft", values: [1, 2]),
        Readable(
            title: "epoch", text: "a,b,epoch\n1,2,1700000000\n3,4,1700000001\n", roles: "fft",
            values: [1, 2, 3, 4]),
        Readable(title: "unix_time", text: "unix_time,a\n1700000000.5,1\n", roles: "tf", values: [1]),
        Readable(title: "time_ms", text: "time_ms,a\n1700000000000,1\n", roles: "tf", values: [1]),
        Readable(title: "timestamp_utc", text: "timestamp_utc,a\n1700000000,1\n", roles: "tf", values: [1]),
        Readable(title: "_time", text: "_time,a\n1700000000,1\n", roles: "tf", values: [1]),
        Readable(
            title: "@timestamp", text: "@timestamp,a\n2026-01-01T00:00:00.000Z,1\n",
            roles: "tf", values: [1]),
        Readable(title: "Time (s)", text: "Time (s),a\n0,1\n0.1,2\n0.2,3\n", roles: "tf", values: [1, 2, 3]),
        Readable(
            title: "Zeit; Datum", text: "Datum;Zeit;a\n31.12.2026;23:59:00;1\n01.01.2027;00:00:00;2\n",
            roles: "ttf", values: [1, 2]),
        Readable(
            title: "date and time", text: "date,time,a\n2026-01-01,23:59,1\n2026-01-02,00:00,2\n",
            roles: "ttf", values: [1, 2]),
        Readable(
            title: "the same times twice", text: "time,epoch,a\n2023-11-14T22:13:20Z,1700000000,1\n",
            roles: "tif", values: [1], warnings: [.ignoredColumn]),
        Readable(
            title: "a clock beside a named timestamp",
            text: "at,epoch,a\n2026-01-01,1700000000,1\n2026-01-02,1700000060,2\n",
            options: TableOptions(timestamp: "at"), roles: "tif", values: [1, 2], warnings: [.ignoredColumn]),
        Readable(
            title: "a clock that is selected as a feature", text: "epoch,a\n1700000000,1\n",
            options: TableOptions(columns: ["a", "epoch"]), roles: "ff", values: [1, 1_700_000_000]),
        Readable(
            title: "a model's feature named like a clock", text: "epoch,a\n1700000000,1\n",
            options: TableOptions(known: ["epoch": .feature, "a": .feature]), roles: "ff",
            values: [1_700_000_000, 1]),
        Readable(
            title: "a model's other columns",
            text: "at,id,note,label,a\n2026-01-01,x,?,no,5\n2026-01-02,y,!,no,6\n",
            options: TableOptions(
                known: ["at": .timestamp, "id": .recording, "note": .ignored, "label": .label, "a": .feature]
            ),
            roles: "triif", values: [5, 6]),
        Readable(
            title: "pandas' index", text: ",a,b\n0,1,2\n1,3,4\n2,5,6\n", roles: "iff",
            values: [1, 2, 3, 4, 5, 6], warnings: [.ignoredColumn]),
        Readable(
            title: "pandas' index, later", text: "Unnamed: 0,a\n10000,1\n10001,3\n", roles: "if",
            values: [1, 3],
            warnings: [.ignoredColumn]),
        Readable(
            title: "an index that was written twice", text: ",Unnamed: 0,a\n0,0,1\n1,1,3\n", roles: "iif",
            values: [1, 3], warnings: [.ignoredColumn, .ignoredColumn]),
        Readable(
            title: "many separators at the end of each line", text: "a;b;;;\n1;2;;;\n3;4;;;\n",
            roles: "ffiii",
            values: [1, 2, 3, 4], warnings: [.ignoredColumn]),
        Readable(
            title: "an index of one row", text: ",a\n10000,1\n", roles: "if", values: [1],
            warnings: [.ignoredColumn]),
        Readable(
            title: "an index of quoted numbers, as R writes it", text: "\"\",\"a\"\n\"1\",1\n\"2\",3\n",
            roles: "if",
            values: [1, 3], warnings: [.ignoredColumn]),
        Readable(
            title: "the index of joined frames", text: ",a\n0,1\n1,3\n0,5\n1,7\n", roles: "if",
            values: [1, 3, 5, 7],
            warnings: [.ignoredColumn]),
        Readable(
            title: "an index of two levels", text: ",,a\n0,0,1\n0,1,3\n1,0,5\n1,1,7\n", roles: "iif",
            values: [1, 3, 5, 7], warnings: [.ignoredColumn, .ignoredColumn]),
        Readable(
            title: "the index of a filtered frame", text: ",a\n3,1\n7,3\n12,5\n", roles: "if",
            values: [1, 3, 5],
            warnings: [.ignoredColumn, .gaps]),
        Readable(
            title: "the index of every second row", text: ",a\n0,1\n2,3\n4,5\n", roles: "if",
            values: [1, 3, 5], warnings: [.ignoredColumn]),
        Readable(
            title: "an index that falls", text: ",a\n9,1\n8,3\n7,5\n", roles: "if", values: [1, 3, 5],
            warnings: [.ignoredColumn, .unordered]),
        Readable(
            title: "an index that falls beside times",
            text: ",time,a\n9,2026-01-01,1\n8,2026-01-02,3\n7,2026-01-03,5\n", roles: "itf",
            values: [1, 3, 5], warnings: [.ignoredColumn]),
        Readable(
            title: "an index that falls and is left out", text: ",a\n9,1\n8,3\n7,5\n",
            options: TableOptions(ignored: ["Unnamed: 0"]), roles: "if", values: [1, 3, 5]),
        Readable(
            title: "a model's index that falls", text: ",a\n9,1\n8,3\n7,5\n",
            options: TableOptions(known: ["Unnamed: 0": .ignored, "a": .feature]), roles: "if",
            values: [1, 3, 5], warnings: [.unordered]),
        Readable(
            title: "an index that rises in each recording", text: ",run,a\n5,x,1\n6,x,3\n2,y,5\n3,y,7\n",
            options: TableOptions(recording: "run"), roles: "irf", values: [1, 3, 5, 7],
            warnings: [.ignoredColumn]),
        Readable(
            title: "annotated CSV of InfluxDB",
            text: "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double\n"
                + "#group,false,false,true,true,false,false\n#default,_result,,,,,\n"
                + ",result,table,_start,_stop,_time,_value\n"
                + ",,0,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-01T01:00:00Z,1\n"
                + ",,0,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-01T02:00:00Z,2\n",
            roles: "iifiitf", values: [0, 1, 0, 2],
            warnings: [.skippedLines, .ignoredColumn, .ignoredColumn, .ignoredColumn]),
        Readable(
            title: "nanoseconds beside timestamps",
            text: "TIMESTAMP,TIMESTAMP_NANO_OFFSET,a\n2026-01-01T00:00:00Z,120,1\n2026-01-01T00:00:01Z,7,2\n",
            roles: "tif", values: [1, 2], warnings: [.ignoredColumn]),
        Readable(
            title: "named columns without values", text: "a,Comment,b,latitude\n1,,2,\n3,,4,NA\n",
            roles: "fifi", values: [1, 2, 3, 4], warnings: [.ignoredColumn]),
        Readable(
            title: "a column without values that is selected", text: "a,b\n1,\n3,\n",
            options: TableOptions(columns: ["a", "b"]), roles: "ff", values: [1, .nan, 3, .nan]),
        Readable(
            title: "a model's feature without values", text: "a,b\n1,\n3,\n",
            options: TableOptions(known: ["a": .feature, "b": .feature]), roles: "ff",
            values: [1, .nan, 3, .nan]),
        Readable(
            title: "an index of times", text: ",a\n2026-01-01 00:00:00,1\n2026-01-01 00:01:00,2\n",
            roles: "tf",
            values: [1, 2]),
        Readable(
            title: "a name index that rises by 1", text: "index,a\n5,1\n6,3\n", roles: "if", values: [1, 3],
            warnings: [.ignoredColumn]),
        Readable(
            title: "a name index with values", text: "index,a\n5,1\n9,3\n",
            roles: "ff", values: [5, 1, 9, 3]),
        Readable(
            title: "an index that was written three times",
            text: "Unnamed: 0.1,Unnamed: 0,index,a\n0,0,5,1\n1,1,6,3\n", roles: "iiif", values: [1, 3],
            warnings: [.ignoredColumn, .ignoredColumn, .ignoredColumn]),
        Readable(
            title: "a shuffled index",
            text: "Index,a\n7,1\n3,2\n0,3\n5,4\n1,5\n2,6\n6,7\n4,8\n", roles: "if",
            values: [1, 2, 3, 4, 5, 6, 7, 8], warnings: [.ignoredColumn, .unordered]),
        Readable(
            title: "an index of a sample",
            text: "index,a\n90,1\n7,2\n31,3\n55,4\n12,5\n2,6\n64,7\n40,8\n", roles: "if",
            values: [1, 2, 3, 4, 5, 6, 7, 8], warnings: [.ignoredColumn, .unordered]),
        Readable(
            title: "an index that starts again",
            text: "index,a\n0,1\n1,2\n2,3\n3,4\n0,5\n1,6\n2,7\n3,8\n", roles: "if",
            values: [1, 2, 3, 4, 5, 6, 7, 8], warnings: [.ignoredColumn]),
        Readable(
            title: "measurements of a name like an index",
            text: "index,a\n5,1\n6,2\n6,3\n5,4\n4,5\n5,6\n6,7\n7,8\n", roles: "ff",
            values: [5, 1, 6, 2, 6, 3, 5, 4, 4, 5, 5, 6, 6, 7, 7, 8]),
        Readable(
            title: "an index of the name #", text: "#,a,b\n1,2,3\n2,4,5\n", roles: "iff",
            values: [2, 3, 4, 5], warnings: [.ignoredColumn]),
        Readable(
            title: "an index of the name # behind a comment", text: "# pump\n#;a\n1;2\n2;4\n", roles: "if",
            values: [2, 4], warnings: [.skippedLines, .ignoredColumn]),
        Readable(
            title: "years, months, days and hours",
            text: "year,month,day,hour,a\n2026,12,31,23,1\n2027,1,1,0,2\n", roles: "ttttf", values: [1, 2]),
        Readable(
            title: "months and days that a model has as times",
            text: "year,month,day,a\n2026,12,31,1\n2027,1,1,2\n",
            options: TableOptions(
                known: ["year": .timestamp, "month": .timestamp, "day": .timestamp, "a": .feature]),
            roles: "tttf", values: [1, 2]),
        Readable(
            title: "a date and a time of a model",
            text: "date,time,a\n2026-12-31,23:59,1\n2027-01-01,0:00,2\n",
            options: TableOptions(known: ["date": .timestamp, "time": .timestamp, "a": .feature]),
            roles: "ttf", values: [1, 2]),
        Readable(
            title: "a date and a time without separators",
            text: "date,time,a\n20261231,235959,1\n20270101,000000,2\n", roles: "ttf", values: [1, 2]),
        Readable(
            title: "a month alone is a feature", text: "month,a\n1,5\n2,6\n", roles: "ff",
            values: [1, 5, 2, 6]),
        Readable(
            title: "numbers like days of a spreadsheet that are said to be times",
            text: "time,a\n45000,1\n45001,2\n", options: TableOptions(timestamp: "time"), roles: "tf",
            values: [1, 2]),
        Readable(
            title: "numbers like days of a spreadsheet in seconds by their name",
            text: "Time (s),a\n45000,1\n45001,2\n", roles: "tf", values: [1, 2]),
        Readable(
            title: "a clock that has started before", text: "elapsed,a\n45000,1\n45001,2\n", roles: "tf",
            values: [1, 2]),
        Readable(
            title: "a separator at the end of the header only", text: "a,b,\n1,2\n3,4\n", roles: "ff",
            values: [1, 2, 3, 4]),
        Readable(
            title: "a separator at the end of the header and of some rows", text: "a;b;\n1;2;\n3;4\n",
            roles: "ff", values: [1, 2, 3, 4]),
        Readable(
            title: "a separator at the end of each line", text: "a,b,\n1,2,\n3,4,\n", roles: "ffi",
            values: [1, 2, 3, 4], warnings: [.ignoredColumn]),
        Readable(
            title: "a separator at the end of each row", text: "a,b\n1,2,\n3,4,\n", roles: "ff",
            values: [1, 2, 3, 4]),
        Readable(
            title: "recordings and labels", text: "pump,a,label,b\nx,1,no,2\nx,3,Yes,4\ny,5,FALSE,6\n",
            options: TableOptions(recording: "pump", labels: ["labels": "label"]), roles: "rflf",
            values: [1, 2, 3, 4, 5, 6]),
        Readable(
            title: "selected columns in their order", text: "at,b,c,d\nx,1,2,text\n",
            options: TableOptions(columns: ["c", "b"]), roles: "iffi", values: [2, 1]),
        Readable(
            title: "flags as features", text: "a,on\n1,True\n2,False\n3,\n", roles: "ff",
            values: [1, 1, 2, 0, 3, .nan],
            warnings: [.numberFormat]),
        Readable(
            title: "no header", text: "1.5,2\n3,4\n", options: TableOptions(hasHeader: false), roles: "ff",
            values: [1.5, 2, 3, 4]),
        Readable(
            title: "one row without a header", text: "1.5,2", options: TableOptions(hasHeader: false),
            roles: "ff",
            values: [1.5, 2]),
        Readable(
            title: "times without a header",
            text: "2018-03-01T00:00:00Z,32858923\n2018-03-01T00:05:00Z,32858924\n",
            options: TableOptions(hasHeader: false), roles: "tf", values: [32_858_923, 32_858_924]),
        Readable(
            title: "columns by index", text: "x,1,2\ny,3,4\n",
            options: TableOptions(ignored: ["1"], recording: "0", hasHeader: false), roles: "rif",
            values: [2, 4]),
        Readable(
            title: "years as names, said to be names", text: "2019,2020\n1,2\n",
            options: TableOptions(hasHeader: true), roles: "ff", values: [1, 2]),
        Readable(title: "pandas' names for none", text: "0,1\n5,6\n", roles: "ff", values: [5, 6]),
        Readable(
            title: "an index and pandas' names for none", text: ",0,1\n0,5,6\n1,7,8\n", roles: "iff",
            values: [5, 6, 7, 8], warnings: [.ignoredColumn]),
        Readable(
            title: "numbers among the names", text: "time,400.5,401\n0.1,5,6\n",
            roles: "tff", values: [5, 6]),
    ]

    @Test(arguments: readable) func columnsHaveTheirRoles(_ document: Readable) throws {
        let table = try Table(csv: Array(document.text.utf8), document.options)
        #expect(table.columns.map { String($0.role.rawValue.prefix(1)) }.joined() == document.roles)
        #expect(table.columns.allSatisfy { !$0.reason.isEmpty })
        #expect(table.values.map(\.bitPattern) == document.values.map(\.bitPattern))
        #expect(table.warnings.map(\.code) == document.warnings)
        #expect((table.timestamps != nil) == document.roles.contains("t"))
        #expect(table.timestamps.map { $0.instants.count == table.rows } ?? true)
    }

    @Test func recordingsAndLabelsBelongToTheRows() throws {
        let text = "pump,a,label\nx,1,0\nx,3,TRUE\ny,5,1.0\nx,6,no\n"
        let table = try Table(
            csv: Array(text.utf8), TableOptions(recording: "pump", labels: ["labels": "label"]))
        #expect(table.recordings == [0..<2, 2..<3, 3..<4])
        #expect(table.flags == ["labels": [false, true, true, false]])
        #expect(table.features == ["a"])
        #expect(table.lines.map { lines in (0..<4).map { lines[$0] } } == [2, 3, 4, 5])
    }

    @Test func anIndexTellsOfOrderAndMissingRows() throws {
        func warning(_ index: [Int]) throws -> Warning {
            let text = ",a\n" + index.map { "\($0),1\n" }.joined()
            return try #require(Table(csv: Array(text.utf8)).warnings.last)
        }
        let falling = try warning((0..<400).reversed())
        #expect(falling.code == .unordered && falling.level == .error && falling.rows == [1..<400])
        #expect(falling.columns == ["Unnamed: 0"] && falling.message.contains("from 399 to 398 in line 3"))
        let shuffled = try warning([0, 1, 3, 2, 4, 6, 5])
        #expect(shuffled.code == .unordered && shuffled.rows == [3..<4, 6..<7])
        #expect(shuffled.message.contains("from 3 to 2 in line 5"), "\(shuffled.message)")
        let holes = try warning([0, 1, 2, 5, 6, 7, 9, 10])
        #expect(holes.code == .gaps && holes.level == .warning && holes.rows == [2..<3, 5..<6])
        #expect(holes.message.contains("2 times, first from 2 to 5 in line 5"), "\(holes.message)")
    }

    @Test func aTableWithoutAHeaderHasNoNames() throws {
        let table = try Table(csv: Array("1,2\n3,4\n".utf8), TableOptions(hasHeader: false))
        #expect(table.features == nil && table.columns.map(\.name) == ["0", "1"])
    }

    /// A document that is refused, with the line and parts of the message.
    struct Unreadable: CustomTestStringConvertible {
        let text: String
        var options = TableOptions()
        let line: Int?
        let words: [String]

        var testDescription: String { words.joined(separator: "; ") }
    }

    static let unreadable: [Unreadable] = [
        Unreadable(
            text: "id,a\npump1,1\npump1,2\n", line: 2,
            words: ["'id'", "'pump1'", "recording=id", "ignore=id"]),
        Unreadable(
            text: ",a\npump1,1\npump2,2\n", line: 2,
            words: ["'Unnamed: 0'", "'pump1'", "ignore=Unnamed: 0"]),
        Unreadable(
            text: "at,a\n2026-01-01,1\n2026-01-02,2\n", line: 2,
            words: ["is a time", "timestamp=at", "ignore=at"]),
        Unreadable(
            text: "time,created_at,a\n2026-01-01,2026-01-01,1\n", line: 2,
            words: ["'created_at'", "ignore=created_at"]),
        Unreadable(
            text: "time,epoch,a\n2023-11-14T22:13:20Z,1700000001,1\n", line: 1,
            words: ["'time' and 'epoch'", "different times"]),
        Unreadable(
            text: "time,a\n5,1\n3,2\n4,3\n", line: nil,
            words: ["'time'", "neither Unix times nor a clock", "columns"]),
        Unreadable(text: "date,a\n46000,1\n46001,2\n", line: 2, words: ["'date'", "neither a date nor"]),
        Unreadable(
            text: "time,a\n45000.5,1\n45001.5,2\n", line: 2,
            words: ["'time'", "45000.5", "days of a spreadsheet", "seconds", "timestamp=time"]),
        Unreadable(
            text: "year,month,day,a\n2026,1,1,5\n2026,1,,6\n", line: 3,
            words: ["'day' has no value", "timestamps"]),
        Unreadable(
            text: "year,month,day,a\n2026,1,1,5\n2026,2,30,6\n", line: 3, words: ["'2026-02-30 00:00:00'"]),
        Unreadable(text: "time,a\n739000,1\n739001,2\n", line: 2, words: ["datenum"]),
        Unreadable(text: "time,a\n2026001,1\n2026002,2\n", line: 2, words: ["the day of the year"]),
        Unreadable(
            text: "time,a\n133500000000000000,1\n133500000010000000,2\n", line: 2,
            words: ["Windows file times", "Unix nanoseconds"]),
        Unreadable(text: "time,a\n01/02/26,1\n13/02/26,2\n", line: 2, words: ["a year needs four digits"]),
        Unreadable(text: "time,a\n2026-W05-1,1\n", line: 2, words: ["weeks", "ISO 8601"]),
        Unreadable(text: "time,a\n2026W051,1\n", line: 2, words: ["weeks", "ISO 8601"]),
        Unreadable(text: "time,a\n2026-032,1\n", line: 2, words: ["days of the year"]),
        Unreadable(text: "time,a\n2026-01-01 00:00 CET,1\n", line: 2, words: ["time zones", "+01:00"]),
        Unreadable(
            text: "time,a\n2026-01-01T00:00+01:00[Europe/Berlin],1\n", line: 2, words: ["time zones"]),
        Unreadable(
            text: "a,,b\n1,500,2\n3,700,4\n", line: 1, words: ["has no name", "ignore=Unnamed: 1"]),
        Unreadable(text: ",a\n5,1\n3,2\n3,3\n", line: 1, words: ["has no name", "ignore=Unnamed: 0"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(labels: ["exclude": "c"]), line: 1,
            words: ["exclude names 'c'", "'a', 'b'"]),
        Unreadable(text: "time,a\n2026-01-01,1\n,2\n", line: 3, words: ["'time' has no value"]),
        Unreadable(
            text: "time,a\n2026-01-01,1\nyesterday,2\n", line: 3,
            words: ["'yesterday'", "not a timestamp"]),
        Unreadable(
            text: "t,a\nx,1\n", options: TableOptions(timestamp: "t"), line: 2,
            words: ["'x'", "not a timestamp"]),
        Unreadable(text: "0.1,2\n0.2,3\n", line: 1, words: ["values instead of the names", "header=false"]),
        Unreadable(text: "10,20\n30,40\n", line: 1, words: ["header=false"]),
        Unreadable(text: "5\n6\n", line: 1, words: ["header=false"]),
        Unreadable(
            text: "2018-03-01T00:00:00Z,32858923\n2018-03-01T00:05:00Z,32858924\n", line: 1,
            words: ["'2018-03-01T00:00:00Z'", "header=false"]),
        Unreadable(text: "2018-03-01,\n2018-03-02,5\n", line: 1, words: ["header=false"]),
        Unreadable(text: "pump1,0.5\npump1,0.6\n", line: 1, words: ["header=false"]),
        Unreadable(text: "a,a\n1,2\n", line: 1, words: ["two columns have the name 'a'"]),
        Unreadable(
            text: ",a,a\n,x,y\n0,1,2\n", line: 1, words: ["two columns have the name 'a'", "header rows"]),
        Unreadable(text: "a, a\n1,2\n", line: 1, words: ["two columns have the name 'a'"]),
        Unreadable(text: "a,\n1,0.5\n2,0.7\n3,0.7\n", line: 1, words: ["has no name", "ignore=Unnamed: 1"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(columns: ["c"]), line: 1,
            words: ["columns names 'c'", "'a', 'b'"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(ignored: ["c"]), line: 1,
            words: ["ignore names 'c'"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(timestamp: "c"), line: 1, words: ["timestamp names"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(columns: ["a", "a"]), line: 1, words: ["twice"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(timestamp: "a", recording: "a"), line: 1,
            words: ["'a' has two roles"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(columns: ["a"], timestamp: "a"), line: 1,
            words: ["two roles"]),
        Unreadable(
            text: "a,b\n1,2\n", options: TableOptions(ignored: ["a", "b"]), line: 1,
            words: ["no column remains"]),
        Unreadable(text: "time\n1700000000\n", line: 1, words: ["no column remains"]),
        Unreadable(
            text: "a,b\n1,0\n2,2\n", options: TableOptions(labels: ["labels": "b"]), line: 3,
            words: ["'b' has the value '2'", "0 or 1"]),
        Unreadable(
            text: "a,b\n1,0\n2,\n", options: TableOptions(labels: ["labels": "b"]), line: 3,
            words: ["must be 0 or 1"]),
    ]

    @Test(arguments: unreadable) func whatIsNotCertainIsRefusedWithTheRemedy(_ document: Unreadable) throws {
        let error = #expect(throws: TableError.self) {
            _ = try Table(csv: Array(document.text.utf8), document.options)
        }
        #expect(error?.line == document.line)
        #expect(error?.kind == .content)
        let description = try #require(error).description
        for word in document.words { #expect(description.contains(word), "in: \(description)") }
    }
}
