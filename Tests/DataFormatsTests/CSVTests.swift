import DataFormats
import Testing
import TimeSeries

@Suite struct CSVTests {
    /// A document and the table that it is; NaN is a missing value.
    struct Readable: CustomTestStringConvertible {
        let what: String
        let text: String
        var columns: [String]?
        var ignored: Set<String> = []
        let names: [String]
        let values: [Float]
        var leading: [String]?

        var testDescription: String { what }
    }

    static let readable: [Readable] = [
        Readable(what: "two columns", text: "a,b\n1,2\n3,4\n", names: ["a", "b"], values: [1, 2, 3, 4]),
        Readable(what: "CRLF", text: "a,b\r\n1,2\r\n3,4\r\n", names: ["a", "b"], values: [1, 2, 3, 4]),
        Readable(what: "no line end at the end", text: "a,b\n1,2", names: ["a", "b"], values: [1, 2]),
        Readable(
            what: "empty lines at the end", text: "a,b\n1,2\n\r\n\n", names: ["a", "b"], values: [1, 2]),
        Readable(what: "byte order mark", text: "\u{FEFF}a,b\n1,2\n", names: ["a", "b"], values: [1, 2]),
        Readable(what: "semicolons", text: "a;b\n1;2\n", names: ["a", "b"], values: [1, 2]),
        Readable(what: "tabs", text: "a\tb\n1\t2\n", names: ["a", "b"], values: [1, 2]),
        Readable(
            what: "commas in a quoted name do not decide", text: "\"a, in s, m\";b\n1;2\n",
            names: ["a, in s, m", "b"],
            values: [1, 2]),
        Readable(what: "one column", text: "a\n1\n\n3\n", names: ["a"], values: [1, .nan, 3]),
        Readable(
            what: "quoted cells", text: "\"a\",\"b\"\r\n\"1\",\"-2e1\"\r\n", names: ["a", "b"],
            values: [1, -20]),
        Readable(
            what: "quotes, line ends and separators in a name", text: "\"a \"\"x\"\"\",\"b,\nc\"\n1,2\n",
            names: ["a \"x\"", "b,\nc"], values: [1, 2]),
        Readable(
            what: "missing values", text: "a,b\n,1\nNaN,nan\nNA,null\n1,\n", names: ["a", "b"],
            values: [.nan, 1, .nan, .nan, .nan, .nan, 1, .nan]),
        Readable(
            what: "blanks around numbers", text: "a,b\n 1 ,\t2\n , \n", names: ["a", "b"],
            values: [1, 2, .nan, .nan]),
        Readable(
            what: "timestamps in front", text: "at,b\n2020-02-08 13:30:47,1\n2020-02-08 13:30:48,2\n",
            names: ["b"],
            values: [1, 2], leading: ["2020-02-08 13:30:47", "2020-02-08 13:30:48"]),
        Readable(
            what: "ignored columns may hold text", text: "at,b,c\nx,1,yes\ny,2,no\n", ignored: ["at", "c"],
            names: ["b"],
            values: [1, 2]),
        Readable(
            what: "selected columns in their order", text: "at,b,c,d\nx,1,2,text\n", columns: ["c", "b"],
            names: ["c", "b"], values: [2, 1], leading: ["x"]),
        Readable(what: "integers as names", text: "0,1\n5,6\n", names: ["0", "1"], values: [5, 6]),
    ]

    @Test(arguments: readable) func reads(_ document: Readable) throws {
        let table = try CSVTable(
            csv: Array(document.text.utf8),
            CSVColumns(features: document.columns, ignored: document.ignored))
        #expect(table.features == document.names)
        #expect(table.series.features == document.names.count)
        #expect(table.series.values.map(\.bitPattern) == document.values.map(\.bitPattern))
        #expect(table.timestamps == document.leading)
    }

    @Test func columnsMayHaveUsesOfTheirOwn() throws {
        let text = "pump,at,a,label,b\nx,9,1,0,2\nx,8,3,1.0,4\ny,7,,0,6\nx,6,7,0,8\n"
        let table = try CSVTable(
            csv: Array(text.utf8), CSVColumns(timestamp: "at", recording: "pump", flags: ["label"]))
        #expect(table.features == ["a", "b"])
        #expect(table.timestamps == ["9", "8", "7", "6"])
        #expect(table.recordings == [0..<2, 2..<3, 3..<4])
        #expect(table.flags == ["label": [0, 1, 0, 0]])
        #expect(table.firstMissing?.line == 4 && table.firstMissing?.column == "a")
    }

    @Test(arguments: ["timestamp", "Time", "DATETIME", "date", "ts"])
    func theNameOfTheFirstColumnSaysThatItHoldsTimestamps(name: String) throws {
        let numbers = try CSVTable(csv: Array("\(name),a\n1581168647,1\n".utf8))
        #expect(numbers.timestamps == ["1581168647"] && numbers.features == ["a"])
        let selected = try CSVTable(
            csv: Array("\(name),a\n5,1\n".utf8), CSVColumns(features: ["a", name]))
        #expect(selected.timestamps == nil && selected.series.values == [1, 5])
        let second = try CSVTable(csv: Array("a,\(name)\n5,1\n".utf8))
        #expect(second.timestamps == nil && second.features == ["a", name])
        let plain = try CSVTable(csv: Array("times,a\n5,1\n".utf8))
        #expect(plain.timestamps == nil && plain.recordings == [0..<1] && plain.firstMissing == nil)
    }

    /// A document that can't be read, with the error's line and words of its text.
    struct Refused: CustomTestStringConvertible {
        let text: String
        var columns = CSVColumns()
        let line: Int
        let words: [String]

        var testDescription: String { words.joined(separator: "; ") }
    }

    static let refused: [Refused] = [
        Refused(text: "", line: 1, words: ["empty"]),
        Refused(text: "\n\r\n", line: 1, words: ["empty"]),
        Refused(text: "a,b\n", line: 1, words: ["no row of numbers"]),
        Refused(text: "0.1,2\n0.2,3\n", line: 1, words: ["must name the columns"]),
        Refused(text: "a,a\n1,2\n", line: 1, words: ["two columns are called \"a\""]),
        Refused(text: "a,b\n1,2\n3\n", line: 3, words: ["1 cell where the header has 2"]),
        Refused(text: "a,b\n1,2\n\n3,4\n", line: 3, words: ["1 cell where the header has 2"]),
        Refused(text: "a,b\n1,2,3\n", line: 2, words: ["3 cells where the header has 2"]),
        Refused(
            text: "a,b\n1,x\n", line: 2, words: ["\"b\" holds \"x\"", "leave the column out with ignore"]),
        Refused(text: "t,\"b\n\nb\"\nx,1\ny,no\n", line: 5, words: ["\"no\""]),
        Refused(text: "a,b\n1,2\nx,3\n", line: 3, words: ["\"a\" holds \"x\""]),
        Refused(text: "a,b\n1,inf\n", line: 2, words: ["must be finite"]),
        Refused(text: "a,b\n-Infinity,1\n", line: 2, words: ["\"a\"", "must be finite"]),
        Refused(text: "a,b\n1,1e39\n", line: 2, words: ["must be finite as a 32-bit float"]),
        Refused(text: "a;b\n1;2,5\n", line: 2, words: ["decimals need a point"]),
        Refused(text: "a,b\n1,0x10\n", line: 2, words: ["no number"]),
        Refused(text: "a,b\n1,\(String(repeating: "x", count: 99))\n", line: 2, words: ["xxxx…\""]),
        Refused(text: "a,b\n1,\u{1B}[31m\n", line: 2, words: ["\\u{1B}"]),
        Refused(text: "a,b\n1,\"2\n", line: 2, words: ["not closed"]),
        Refused(text: "a,b\n1,\"2\"3\n", line: 2, words: ["behind a closing quote"]),
        Refused(
            text: "a,b\n1,2\n", columns: CSVColumns(features: ["c"]), line: 1,
            words: ["no column \"c\"", "\"a\", \"b\""]),
        Refused(text: "a,b\n1,2\n", columns: CSVColumns(ignored: ["c"]), line: 1, words: ["no column \"c\""]),
        Refused(text: "a,b\n1,2\n", columns: CSVColumns(features: ["a", "a"]), line: 1, words: ["twice"]),
        Refused(
            text: "a,b\n1,2\n", columns: CSVColumns(ignored: ["a", "b"]), line: 1,
            words: ["no column of numbers is left"]),
        Refused(
            text: "a,b\nx,2\n", columns: CSVColumns(features: ["a"]), line: 2, words: ["\"a\" holds \"x\""]),
        Refused(
            text: "a,b\n1,2\n", columns: CSVColumns(timestamp: "t"), line: 1, words: ["no column \"t\""]),
        Refused(
            text: "a,b\n1,2\n", columns: CSVColumns(recording: "t"), line: 1, words: ["no column \"t\""]),
        Refused(text: "a,b\n1,2\n", columns: CSVColumns(flags: ["t"]), line: 1, words: ["no column \"t\""]),
        Refused(
            text: "a,b\n1,0\n2,1\n3,2\n", columns: CSVColumns(flags: ["b"]), line: 4,
            words: ["\"b\" holds \"2\"", "0 or 1"]),
        Refused(
            text: "a,b\n1,0\n2,\n", columns: CSVColumns(flags: ["b"]), line: 3, words: ["must be 0 or 1"]),
        Refused(
            text: "a,b\n1,0\n", columns: CSVColumns(timestamp: "b", flags: ["b"]), line: 1,
            words: ["\"b\" is named for two uses"]),
        Refused(
            text: "a,b\n1,0\n", columns: CSVColumns(features: ["a", "b"], recording: "a"), line: 1,
            words: ["\"a\" is named for two uses"]),
    ]

    @Test(arguments: refused) func refuses(_ document: Refused) throws {
        let error = try #require(throws: CSVError.self) {
            try CSVTable(csv: Array(document.text.utf8), document.columns)
        }
        #expect(error.line == document.line)
        for words in document.words { #expect(error.detail.contains(words)) }
    }

    @Test func refusesUTF16() {
        #expect(throws: CSVError(line: 1, detail: "the text is UTF-16; save it as UTF-8")) {
            try CSVTable(csv: [0xFF, 0xFE, 0x61, 0x00])
        }
    }
}
