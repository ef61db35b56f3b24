import DataFormats
import Testing
import TimeSeries

@Suite struct CSVTableTests {
    /// A document and the table that is expected. NaN is a missing value.
    struct Readable: CustomTestStringConvertible {
        let title: String
        let text: String
        var columns: [String]?
        var ignored: Set<String> = []
        let names: [String]
        let values: [Float]
        var timestamps: [String]?

        var testDescription: String { title }
    }

    static let readable: [Readable] = [
        Readable(title: "two columns", text: "a,b\n1,2\n3,4\n", names: ["a", "b"], values: [1, 2, 3, 4]),
        Readable(title: "CRLF", text: "a,b\r\n1,2\r\n3,4\r\n", names: ["a", "b"], values: [1, 2, 3, 4]),
        Readable(title: "no line end at the end", text: "a,b\n1,2", names: ["a", "b"], values: [1, 2]),
        Readable(
            title: "empty lines at the end", text: "a,b\n1,2\n\r\n\n", names: ["a", "b"], values: [1, 2]),
        Readable(title: "byte order mark", text: "\u{FEFF}a,b\n1,2\n", names: ["a", "b"], values: [1, 2]),
        Readable(title: "semicolons", text: "a;b\n1;2\n", names: ["a", "b"], values: [1, 2]),
        Readable(title: "tabs", text: "a\tb\n1\t2\n", names: ["a", "b"], values: [1, 2]),
        Readable(
            title: "commas in a quoted name are not the separator", text: "\"a, in s, m\";b\n1;2\n",
            names: ["a, in s, m", "b"],
            values: [1, 2]),
        Readable(title: "one column", text: "a\n1\n\n3\n", names: ["a"], values: [1, .nan, 3]),
        Readable(
            title: "quoted cells", text: "\"a\",\"b\"\r\n\"1\",\"-2e1\"\r\n", names: ["a", "b"],
            values: [1, -20]),
        Readable(
            title: "quotes, line ends and separators in a name", text: "\"a \"\"x\"\"\",\"b,\nc\"\n1,2\n",
            names: ["a \"x\"", "b,\nc"], values: [1, 2]),
        Readable(
            title: "missing values", text: "a,b\n,1\nNaN,nan\nNA,null\n1,\n", names: ["a", "b"],
            values: [.nan, 1, .nan, .nan, .nan, .nan, 1, .nan]),
        Readable(
            title: "blanks around numbers", text: "a,b\n 1 ,\t2\n , \n", names: ["a", "b"],
            values: [1, 2, .nan, .nan]),
        Readable(
            title: "timestamps in the first column",
            text: "at,b\n2020-02-08 13:30:47,1\n2020-02-08 13:30:48,2\n",
            names: ["b"],
            values: [1, 2], timestamps: ["2020-02-08 13:30:47", "2020-02-08 13:30:48"]),
        Readable(
            title: "ignored columns may hold text", text: "at,b,c\nx,1,yes\ny,2,no\n", ignored: ["at", "c"],
            names: ["b"],
            values: [1, 2]),
        Readable(
            title: "selected columns in their order", text: "at,b,c,d\nx,1,2,text\n", columns: ["c", "b"],
            names: ["c", "b"], values: [2, 1], timestamps: ["x"]),
        Readable(title: "integers as names", text: "0,1\n5,6\n", names: ["0", "1"], values: [5, 6]),
    ]

    @Test(arguments: readable) func aDocumentIsReadAsItsTable(_ document: Readable) throws {
        let table = try CSVTable(
            csv: Array(document.text.utf8),
            CSVColumns(features: document.columns, ignored: document.ignored))
        #expect(table.features == document.names)
        #expect(table.series.features == document.names.count)
        #expect(table.series.values.map(\.bitPattern) == document.values.map(\.bitPattern))
        #expect(table.timestamps == document.timestamps)
    }

    @Test func timestampRecordingAndFlagColumnsAreNotFeatures() throws {
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
    func aFirstColumnWithATimestampNameIsNotAFeature(name: String) throws {
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

    /// A document that cannot be read, with the line and parts of the text of the expected error.
    struct Unreadable: CustomTestStringConvertible {
        let text: String
        var columns = CSVColumns()
        let line: Int
        let words: [String]

        var testDescription: String { words.joined(separator: "; ") }
    }

    static let unreadable: [Unreadable] = [
        Unreadable(text: "", line: 1, words: ["empty"]),
        Unreadable(text: "\n\r\n", line: 1, words: ["empty"]),
        Unreadable(text: "a,b\n", line: 1, words: ["no row of numbers"]),
        Unreadable(text: "0.1,2\n0.2,3\n", line: 1, words: ["must have the names of the columns"]),
        Unreadable(text: "a,a\n1,2\n", line: 1, words: ["two columns have the name \"a\""]),
        Unreadable(text: "a,b\n1,2\n3\n", line: 3, words: ["1 cell where the header has 2"]),
        Unreadable(text: "a,b\n1,2\n\n3,4\n", line: 3, words: ["1 cell where the header has 2"]),
        Unreadable(text: "a,b\n1,2,3\n", line: 2, words: ["3 cells where the header has 2"]),
        Unreadable(
            text: "a,b\n1,x\n", line: 2,
            words: ["\"b\" has the value \"x\", which is not a number", "leave the column out with ignore"]),
        Unreadable(text: "t,\"b\n\nb\"\nx,1\ny,no\n", line: 5, words: ["\"no\""]),
        Unreadable(text: "a,b\n1,2\nx,3\n", line: 3, words: ["\"a\" has the value \"x\""]),
        Unreadable(text: "a,b\n1,inf\n", line: 2, words: ["must be finite"]),
        Unreadable(text: "a,b\n-Infinity,1\n", line: 2, words: ["\"a\"", "must be finite"]),
        Unreadable(text: "a,b\n1,1e39\n", line: 2, words: ["must be finite as a 32-bit float"]),
        Unreadable(text: "a;b\n1;2,5\n", line: 2, words: ["decimals need a point"]),
        Unreadable(text: "a,b\n1,0x10\n", line: 2, words: ["not a number"]),
        Unreadable(text: "a,b\n1,\(String(repeating: "x", count: 99))\n", line: 2, words: ["xxxx…\""]),
        Unreadable(text: "a,b\n1,\u{1B}[31m\n", line: 2, words: ["\\u{1B}"]),
        Unreadable(text: "a,b\n1,\"2\n", line: 2, words: ["no closing quote"]),
        Unreadable(text: "a,b\n1,\"2\"3\n", line: 2, words: ["follows a closing quote"]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(features: ["c"]), line: 1,
            words: ["no column \"c\"", "\"a\", \"b\""]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(ignored: ["c"]), line: 1, words: ["no column \"c\""]),
        Unreadable(text: "a,b\n1,2\n", columns: CSVColumns(features: ["a", "a"]), line: 1, words: ["twice"]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(ignored: ["a", "b"]), line: 1,
            words: ["no column remains"]),
        Unreadable(
            text: "a,b\nx,2\n", columns: CSVColumns(features: ["a"]), line: 2,
            words: ["\"a\" has the value \"x\""]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(timestamp: "t"), line: 1, words: ["no column \"t\""]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(recording: "t"), line: 1, words: ["no column \"t\""]),
        Unreadable(
            text: "a,b\n1,2\n", columns: CSVColumns(flags: ["t"]), line: 1, words: ["no column \"t\""]),
        Unreadable(
            text: "a,b\n1,0\n2,1\n3,2\n", columns: CSVColumns(flags: ["b"]), line: 4,
            words: ["\"b\" has the value \"2\"", "0 or 1"]),
        Unreadable(
            text: "a,b\n1,0\n2,\n", columns: CSVColumns(flags: ["b"]), line: 3, words: ["must be 0 or 1"]),
        Unreadable(
            text: "a,b\n1,0\n", columns: CSVColumns(timestamp: "b", flags: ["b"]), line: 1,
            words: ["\"b\" has two roles"]),
        Unreadable(
            text: "a,b\n1,0\n", columns: CSVColumns(features: ["a", "b"], recording: "a"), line: 1,
            words: ["\"a\" has two roles"]),
    ]

    @Test(arguments: unreadable) func anUnreadableDocumentIsAnErrorOfItsLine(_ document: Unreadable) throws {
        let error = try #require(throws: CSVError.self) {
            try CSVTable(csv: Array(document.text.utf8), document.columns)
        }
        #expect(error.line == document.line)
        for words in document.words { #expect(error.detail.contains(words)) }
    }

    @Test func utf16IsAnError() {
        #expect(throws: CSVError(line: 1, detail: "the text is UTF-16; save it as UTF-8")) {
            try CSVTable(csv: [0xFF, 0xFE, 0x61, 0x00])
        }
    }
}
