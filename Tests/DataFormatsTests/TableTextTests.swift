import DataFormats
import Testing
import TimeSeries

/// Separators, line ends, headers, encodings and the spellings of numbers.
@Suite struct TableTextTests {
    /// A document and the table that is expected.
    struct Readable: CustomTestStringConvertible {
        let title: String
        let bytes: [UInt8]
        let options: TableOptions
        let features: [String]
        let values: [Double]
        let warnings: [WarningCode]

        init(
            _ title: String, _ text: String, options: TableOptions = TableOptions(),
            features: [String] = ["a", "b"],
            _ values: [Double], _ warnings: [WarningCode] = []
        ) {
            self.init(title, Array(text.utf8), options: options, features: features, values, warnings)
        }

        init(
            _ title: String, _ bytes: [UInt8], options: TableOptions = TableOptions(),
            features: [String] = ["a", "b"], _ values: [Double], _ warnings: [WarningCode] = []
        ) {
            self.title = title
            self.bytes = bytes
            self.options = options
            self.features = features
            self.values = values
            self.warnings = warnings
        }

        var testDescription: String { title }
    }

    static let readable: [Readable] = [
        Readable("CRLF", "a,b\r\n1,2\r\n3,4\r\n", [1, 2, 3, 4]),
        Readable("CR alone", "a,b\r1,2\r3,4\r", [1, 2, 3, 4]),
        Readable("no line end at the end", "a,b\n1,2", [1, 2]),
        Readable("byte order mark", "\u{FEFF}a,b\n1,2\n", [1, 2]),
        Readable("byte order mark and quotes", "\u{FEFF}\"a\",\"b\"\n1,2\n", [1, 2]),
        Readable("mixed line ends", "a,b\r\n1,2\n3,4\r5,6", [1, 2, 3, 4, 5, 6]),
        Readable("the end of a file of MS-DOS", "a,b\r\n1,2\r\n3,4\r\n\u{1A}", [1, 2, 3, 4]),
        Readable("the end of a file of MS-DOS behind a cell", "a,b\n1,2\u{1A}\r\n", [1, 2]),
        Readable("two byte order marks", "\u{FEFF}\u{FEFF}a,b\n1,2\n", [1, 2]),
        Readable("a byte order mark and a separator line", "\u{FEFF}sep=;\r\na;b\r\n1;2\r\n", [1, 2]),
        Readable(
            "names like the first letters of other formats", "PAR1,ORC\n1,2\n", features: ["PAR1", "ORC"],
            [1, 2]),
        Readable("semicolons", "a;b\n1;2\n", [1, 2]),
        Readable("tabs", "a\tb\n1\t2\n", [1, 2]),
        Readable("pipes", "a|b\n1|2\n3|4\n", [1, 2, 3, 4]),
        Readable("a separator line", "sep=;\na;b\n1;2\n", [1, 2]),
        Readable("a separator line of another character", "\"sep=^\"\r\na^b\r\n1^2\r\n", [1, 2]),
        Readable("blanks in names and cells", "a , b\n 1 ,\t2\n", [1, 2]),
        Readable("blanks before quotes", "\"a\", \"b\"\n\"1\", \"2\" \n", [1, 2]),
        Readable(
            "quotes, line ends and separators in a name", "\"a \"\"x\"\"\",\"b,\nc\"\n1,2\n",
            features: ["a \"x\"", "b,\nc"], [1, 2]),
        Readable(
            "commas in quoted names are no separators", "\"a, in s\";\"b, in m\"\n1;2\n",
            features: ["a, in s", "b, in m"], [1, 2]),
        Readable("comments", "# Device: X1\n// exported, by hand\n\na,b\n1,2\n", [1, 2], [.skippedLines]),
        Readable("names in a comment", "# a,b\n1.5,2\n3,4\n", [1.5, 2, 3, 4], [.skippedLines]),
        Readable(
            "lines before the header", "Device: X1\nExport of 2026\n\na,b\n1,2\n3,4\n", [1, 2, 3, 4],
            [.skippedLines]),
        Readable("a row of units", "a,b\n[°C],bar\n1,2\n3,4\n", [1, 2, 3, 4], [.skippedLines]),
        Readable("a row of units with powers", "a,b\nm3/h,kg·m^-2\n1,2\n", [1, 2], [.skippedLines]),
        Readable(
            "units above times", "time,a,b\nyyyy-mm-dd hh:mm,(V),-\n2026-01-01 00:00,1,2\n", [1, 2],
            [.skippedLines]),
        Readable("blank lines", "a,b\n\n1,2\n  \n3,4\n\n\n", [1, 2, 3, 4], [.blankRows]),
        Readable("a blank line in a single column", "a\n1\n\n3\n", features: ["a"], [1, 3], [.blankRows]),
        Readable("rows of separators at the end", "a,b\n1,2\n,\n,\n", [1, 2], [.blankRows]),
        Readable("rows of more separators at the end", "a;b\n1;2\n;;;;\n;\n", [1, 2], [.blankRows]),
        Readable("a row of separators in the middle", "a,b\n1,2\n,\n3,4\n", [1, 2, .nan, .nan, 3, 4]),
        Readable(
            "a row of separators among timestamps", "time,a,b\n2026-01-01,1,2\n,,\n2026-01-02,3,4\n",
            [1, 2, 3, 4], [.blankRows]),
        Readable(
            "missing values", "a,b\n,1\nNA,n/a\nN/A,null\nNone,NaN\n-,?\n#N/A,-nan\n1.#QNAN,NULL\n",
            options: TableOptions(columns: ["a", "b"]), [.nan, 1] + Array(repeating: .nan, count: 12)),
        Readable("a missing value in the first row", "a,b\nN/A,1\n2,3\n", [.nan, 1, 2, 3]),
        Readable(
            "forms of numbers", "a,b\n+1,.5\n5.,1e3\n-0,1E-2\n007,\u{2212}4\n",
            [1, 0.5, 5, 1000, -0.0, 0.01, 7, -4]),
        Readable(
            "digits beyond a double's", "a,b\n0.12345678901234567890123,123456789012345678901234567890\n",
            [0.12345678901234567890123, 1.2345678901234568e29], [.precision]),
        Readable(
            "beyond a double's range", "a,b\n1e999,-1e999\n1e-999,2\n",
            [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, 2], [.clampedValues, .clampedValues]),
        Readable("decimal commas", "a;b\n1,5;2\n-0,25;1e3\n", [1.5, 2, -0.25, 1000], [.numberFormat]),
        Readable("decimal commas with three digits", "a;b\n1,234;5,678\n", [1.234, 5.678], [.numberFormat]),
        Readable("quoted decimal commas", "a,b\n\"1,5\",\"2,25\"\n", [1.5, 2.25], [.numberFormat]),
        Readable(
            "decimal commas and points between thousands", "a;b\n1.234,5;1,5\n1.234;2\n",
            [1234.5, 1.5, 1234, 2], [.numberFormat]),
        Readable(
            "commas between thousands", "a,b\n\"1,234.5\",1\n\"2,345\",2\n", [1234.5, 1, 2345, 2],
            [.numberFormat]),
        Readable(
            "apostrophes between thousands", "a;b\n1'234.5;1\n999.5;2\n", [1234.5, 1, 999.5, 2],
            [.numberFormat]),
        Readable(
            "blanks between thousands", "a;b\n1\u{202F}234,5;1\n999,5;2\n", [1234.5, 1, 999.5, 2],
            [.numberFormat]),
        Readable(
            "three decimals in each number", "a;b\n1.000;1\n1.007;2\n998.000;3\n", [1, 1, 1.007, 2, 998, 3]),
        Readable(
            "three decimals behind a zero", "a;b\n0.125;1\n1.250;2\n998;3\n", [0.125, 1, 1.25, 2, 998, 3]),
        Readable(
            "other numbers of decimals", "a;b\n1.125;1\n1.250;2\n2.5;2\n998;3\n",
            [1.125, 1, 1.25, 2, 2.5, 2, 998, 3]),
        Readable(
            "decimals in another column", "a;b\n1.125;1\n1.250;2.5\n998;3\n", [1.125, 1, 1.25, 2.5, 998, 3]),
        Readable(
            "thousands without a mark", "a;b\n1.125;1\n1.250;2\n998;3\n1007;4\n",
            [1.125, 1, 1.25, 2, 998, 3, 1007, 4]),
        Readable(
            "three decimals beside numbers of one digit", "a;b\n1.125;1\n1.250;2\n9;3\n",
            [1.125, 1, 1.25, 2, 9, 3]),
        Readable(
            "decimal commas that one number proves", "a;b\n1,125;1\n1,250;2\n998;3\n2,5;4\n",
            [1.125, 1, 1.25, 2, 998, 3, 2.5, 4], [.numberFormat]),
        Readable("whole numbers", "a,b\n100,1\n200,2\n998,3\n", [100, 1, 200, 2, 998, 3]),
        Readable(
            "integers that are rounded", "a,b\n9007199254740993,1\n9007199254740992,2\n",
            [9_007_199_254_740_992, 1, 9_007_199_254_740_992, 2], [.precision]),
        Readable(
            "integers with points between thousands that are rounded",
            "a;b\n-9.007.199.254.740.993;1\n9.007.199.254.740.992;2\n",
            [-9_007_199_254_740_992, 1, 9_007_199_254_740_992, 2], [.numberFormat, .precision]),
        Readable(
            "large numbers that are exact", "a,b\n1e20,1\n18446744073709551616,2\n", [1e20, 1, 0x1p64, 2]),
        Readable("decimal commas in a clock", "Zeit (s);a;b\n0,0;1;2\n0,5;3;4\n", [1, 2, 3, 4]),
        Readable("UTF-16, little-endian", utf16("a,b\n1,2\n", bigEndian: false), [1, 2]),
        Readable("UTF-16, big-endian", utf16("°,b\n1,2\n", bigEndian: true), features: ["°", "b"], [1, 2]),
        Readable(
            "UTF-16 by charset", Array(utf16("a,b\n1,2\n", bigEndian: false).dropFirst(2)),
            options: TableOptions(charset: "UTF-16LE"), [1, 2]),
        Readable(
            "windows-1252", Array("Temp ".utf8) + [0xB0] + Array("C,".utf8) + [0x80] + Array("\n1,2\n".utf8),
            options: TableOptions(charset: "Windows-1252"), features: ["Temp °C", "€"], [1, 2]),
        Readable(
            "ISO 8859-1", [0xE4] + Array(",b\n1,2\n".utf8), options: TableOptions(charset: "iso-8859-1"),
            features: ["ä", "b"], [1, 2]),
        Readable(
            "a charset of the same encoding", "ä,b\n1,2\n", options: TableOptions(charset: "utf-8"),
            features: ["ä", "b"], [1, 2]),
        Readable(
            "a header that begins with a bracket", "[bar],[V]\n1,2\n", features: ["[bar]", "[V]"], [1, 2]),
    ]

    static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        ([0xFEFF] + text.utf16).flatMap { unit in
            bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
    }

    static func utf32(_ text: String, bigEndian: Bool) -> [UInt8] {
        ([0xFEFF] + text.unicodeScalars.map(\.value)).flatMap { (value: UInt32) -> [UInt8] in
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return bigEndian ? bytes.reversed() : bytes
        }
    }

    /// The start of a zip archive whose first file has this name.
    static func zip(_ name: String) -> [UInt8] {
        Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0]
            + name.utf8
    }

    @Test(arguments: readable) func aDocumentIsReadAsItsTable(_ document: Readable) throws {
        let table = try Table(csv: document.bytes, document.options)
        #expect(table.features == document.features)
        #expect(table.featureCount == document.features.count)
        #expect(table.values.map(\.description) == document.values.map(\.description))
        #expect(table.warnings.map(\.code) == document.warnings)
    }

    /// A document that is refused, with the line and parts of the message.
    struct Unreadable: CustomTestStringConvertible {
        let bytes: [UInt8]
        let options: TableOptions
        let kind: TableError.Kind
        let line: Int?
        let words: [String]

        init(_ text: String, line: Int?, kind: TableError.Kind = .content, _ words: String...) {
            (bytes, options, self.kind, self.line, self.words) = (
                Array(text.utf8), TableOptions(), kind, line, words
            )
        }

        init(
            _ bytes: [UInt8], charset: String? = nil, line: Int? = nil, kind: TableError.Kind = .format,
            _ words: String...
        ) {
            (self.bytes, self.kind, self.line, self.words) = (bytes, kind, line, words)
            options = TableOptions(charset: charset)
        }

        var testDescription: String { words.joined(separator: "; ") }
    }

    static let unreadable: [Unreadable] = [
        Unreadable("", line: 1, "empty"),
        Unreadable("\n\r\n", line: 1, "empty"),
        Unreadable("a,b\n", line: 1, "no row of numbers"),
        Unreadable("a,b\n,\n", line: 1, "no row of numbers"),
        Unreadable("a,b1,23,4", line: 1, "one line", "--data-binary"),
        Unreadable("a,b\n1,2\n3\n", line: 3, "1 cell where the first row has 2"),
        Unreadable("a,b\n1,2,3\n", line: 2, "3 cells where the first row has 2"),
        Unreadable("t\n1,5\n2,5\n", line: 2, "2 cells", "semicolons"),
        Unreadable("a,b\n1,\"2\n", line: 2, "no closing quote"),
        Unreadable("a,b\n1,\"2\"3\n", line: 2, "follows a closing quote"),
        Unreadable("temp,flow\n$5,1\n6,2\n", line: 2, "'temp'", "'$5'", "missing value is an empty cell"),
        Unreadable("temp\n$5\n6\n", line: 2, "'$5'"),
        Unreadable("temp,flow\n\"1,234\",1\n6,2\n", line: 2, "'1,234'", "1234 or 1.234"),
        Unreadable("temp,flow\nTRUE,1\n6,2\n", line: 2, "'TRUE'", "flag among numbers", "missing"),
        Unreadable("temp,flow\n5,1\nbad,2\n", line: 3, "'bad'", "not a number", "N/A"),
        Unreadable("temp,flow\nBad,Bad\n1,2\n", line: 2, "'Bad'"),
        Unreadable("a,b\ne5,1\n6,2\n", line: 2, "'e5'", "not a number"),
        Unreadable("a,b\n1,-e5\n", line: 2, "'-e5'", "not a number"),
        Unreadable("a,b\n5 °C,1\n6 °C,2\n", line: 2, "'5 °C'", "the unit into the name", "ignore=a"),
        Unreadable("a,b\n1,1\n50%,2\n", line: 3, "'50%'", "write 50 without the per cent sign"),
        Unreadable("a,b\n0x1F,1\n", line: 2, "hexadecimal"),
        Unreadable("a,b\n1,1\n#DIV/0!,2\n", line: 3, "error of a spreadsheet"),
        Unreadable("a,b\non,1\noff,2\n", line: 2, "write a flag as 0 or 1", "ignore=a"),
        Unreadable("a,b\n'1','2'\n", line: 2, "without quotes"),
        Unreadable("a,b\n1,2\n<0.1,3\n", line: 3, "limit"),
        Unreadable("a,b\n1,1.#INF\n", line: 2, "finite"),
        Unreadable("a,b\n1,2\na,b\n3,4\n", line: 3, "the header stands again"),
        Unreadable("a,b\nmean,mean\n1,2\n3,4\n", line: 2, "'mean'", "second header row"),
        Unreadable("a,b\n1,2\n# end\n", line: 3, "comments", "remove the line"),
        Unreadable("a,b\n1,2\n3,4\nEnd of file\n", line: 4, "text may follow the table"),
        Unreadable(
            "\"a\",\"b\"\n\"1\",1.5,2\n\"2\",2.5,4\n", line: 2, "3 cells where the first row has 2",
            "a name for it in front of the header"),
        Unreadable("a,b,c\n1,2\n", line: 2, "2 cells where the first row has 3", "write every cell"),
        Unreadable("a%\n5%\n6%\n", line: 2, "'5%'", "without the per cent sign"),
        Unreadable("a,b\n1;2\n3;4\n", line: 2, "another separator than the rows"),
        Unreadable("a:b\n1:2\n3:4\n", line: 1, "separated by ':'", "commas, semicolons, tabs"),
        Unreadable("a\u{1}b\n1\u{1}2\n", line: 1, "\\u{01}", "commas"),
        Unreadable("a^b\n1.5^2\n", line: 1, "'^'", "commas"),
        Unreadable("sep=;\na,b\n1,2\n3,4\n", line: 2, "',' inside", "correct the line sep="),
        Unreadable(
            "\"a,b\"\n\"1,2\"\n\"3,4\"\n", line: 1, "',' inside", "remove the quotes around whole rows"),
        Unreadable("a,b\n1,inf\n", line: 2, "'b'", "finite"),
        Unreadable("a,b\n-Infinity,1\n", line: 2, "'a'", "finite"),
        Unreadable("a,b\n1,0x10\n", line: 2, "'0x10'", "not a number"),
        Unreadable("a,b\n1,1_000\n", line: 2, "not a number"),
        Unreadable("a,b\n1,<NA>\n", line: 2, "not a number"),
        Unreadable("a;b\n1,5;2.5\n", line: 2, "'b'", "'2.5'", "'1,5'", "decimal mark"),
        Unreadable("a;b\n1.234;2,5\n", line: 2, "'1.234'", "decimal mark"),
        Unreadable("a;b\n1,234;2.5\n", line: 2, "1234 or 1.234"),
        Unreadable("a\tb\n1,234\t5\n", line: 2, "1234 or 1.234"),
        Unreadable("T;D\n1.000;0\n1.007;1\n998;5\n", line: 2, "'T'", "1000 or 1.000", "'998' in line 4"),
        Unreadable("T|D\n1.000|0\n1.007|1\n998|5\n", line: 2, "1000 or 1.000", "998.000"),
        Unreadable("T\n1.000\n1.007\n998\n", line: 2, "1000 or 1.000"),
        Unreadable("T;D\n998;0\n-1.007;1\n\n;3\n1.001;5\n", line: 3, "-1007 or -1.007", "line 2"),
        Unreadable("T,D\n1.000,0\n1.007,1\n1.011,1\n998,5\n", line: 2, "1000 or 1.000", "line 5"),
        Unreadable("T\tD\n1.000\t0\n1.007\t1\n1.011\t1\n998\t5\n", line: 2, "1000 or 1.000"),
        Unreadable("T;D\n1,000;0\n1,007;1\n998;5\n", line: 2, "'T'", "1000 or 1.000", "'998' in line 4"),
        Unreadable("T;D\n1.000;0\n2.000;1\n500;5\n", line: 2, "1000 or 1.000", "'500' in line 4"),
        Unreadable(
            "T;D\n" + (0..<2000).map { $0 == 1500 ? "998;1\n" : "1.\(100 + $0 % 900);0\n" }.joined(), line: 2,
            "1100 or 1.100", "'998' in line 1502"),
        Unreadable("x\n1.0 2.0\n3.0 4.0\n", line: 2, "commas, not with blanks"),
        Unreadable("a,b\n1,\(String(repeating: "x", count: 99))\n", line: 2, "xxxx…'"),
        Unreadable("a,b\n1,\u{1B}[31m\n", line: 2, "\\u{1B}"),
        Unreadable(
            Array("a,b\n1,2\nTemp ".utf8) + [0xB0, 0x0A], line: 3, "0xB0", "not UTF-8", "charset=windows-1252"
        ),
        Unreadable([0xE4, 0x2C, 0x62, 0x0A], charset: "us-ascii", line: 1, "0xE4", "not ASCII"),
        Unreadable([0x61, 0x81, 0x0A], charset: "cp1252", line: 1, "0x81"),
        Unreadable(
            Array("a\n1\n".utf8), charset: "shift_jis", "'shift_jis'", "windows-1252", "iconv"),
        Unreadable(Array("%PDF-1.4\n".utf8), "a PDF document"),
        Unreadable(Array(utf16("a,b\n1,2\n", bigEndian: false).dropFirst(2)), "UTF-16", "charset=utf-16le"),
        Unreadable(Array(utf16("a,b\n1,2\n", bigEndian: true).dropFirst(2)), "charset=utf-16be"),
        Unreadable(Array("a,b\n1,\0\n".utf8), line: 2, "0x00", "not text"),
        Unreadable(Array("a,b\n1,2\n\0\0\0".utf8), line: 3, "ends with 3 NUL bytes", "remove them"),
        Unreadable(utf32("a,b\n1,2\n", bigEndian: false), "UTF-32", "UTF-8"),
        Unreadable(utf32("a,b\n1,2\n", bigEndian: true), "UTF-32", "UTF-8"),
        Unreadable(Array(utf32("a,b\n1,2\n", bigEndian: false).dropFirst(4)), "UTF-32", "UTF-8"),
        Unreadable([0x89, 0xB7, 0x93, 0x78, 0x2C, 0x62, 0x0A], line: 1, "not UTF-8", "iconv"),
        Unreadable([0xFF, 0xFE, 0x61], "odd number"),
        Unreadable([0xFF, 0xFE, 0x00, 0xD8, 0x61, 0x00], line: 1, "surrogate"),
        Unreadable([0x1F, 0x8B, 0x08, 0x00], kind: .gzip, "gzip"),
        Unreadable(Array("PK\u{3}\u{4}....".utf8), "zip archive", "Excel workbook (.xlsx)", "CSV"),
        Unreadable(zip("xl/workbook.xml"), "an Excel workbook (.xlsx)", "save the table as CSV"),
        Unreadable(zip("[Content_Types].xml"), "an Excel workbook (.xlsx)", "CSV"),
        Unreadable(zip("mimetype"), "OpenDocument", "CSV"),
        Unreadable(zip("a.csv"), "a zip archive", "extract the file"),
        Unreadable(zip("arr_0.npy"), ".npz", "numpy.save", "application/x-npy"),
        Unreadable([0x80, 0x04, 0x95], "Python pickle", "df.to_csv"),
        Unreadable([UInt8](repeating: 0, count: 257) + "ustar".utf8, "tar archive", "extract"),
        Unreadable([0x72, 2, 1, 0], "Stata", "CSV"),
        Unreadable(Array("Rar!\u{1A}\u{7}\0".utf8), "RAR archive", "extract"),
        Unreadable([0x28, 0xB5, 0x2F, 0xFD], "zstd", "decompress"),
        Unreadable([0x89] + "PNG\r\n\u{1A}\n".utf8, "image"),
        Unreadable(Array("<!doctype html>\n<html>".utf8), "HTML"),
        Unreadable(Array("\n  <table border=\"1\">\n<tr>\n".utf8), "HTML", "CSV"),
        Unreadable(Array("<HTML>\n<p>1,2\n".utf8), "HTML"),
        Unreadable(Array("{\"a\": 1}\n{\"a\": 2}\n".utf8), "JSON Lines", "series"),
        Unreadable(Array("[1, 2]\n[3, 4]\n".utf8), "JSON Lines", "series"),
        Unreadable(Array("[{\"a\": 1}, {\"a\": 2}]".utf8), "JSON", "series", "application/json"),
        Unreadable(
            Array("--x\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\na,b\r\n1,2\r\n--x--".utf8),
            "multipart", "--data-binary"),
        Unreadable([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], ".xls"),
        Unreadable(Array("PAR1\u{15}\u{4}..".utf8), "Parquet"),
        Unreadable([0x93] + Array("NUMPY".utf8), "NumPy array", "application/x-npy"),
        Unreadable(Array("{\"series\": [[1]]}".utf8), "JSON", "application/json"),
        Unreadable(Array("[[1, 2], [3, 4]]".utf8), "JSON"),
        Unreadable(Array("[1, 2]".utf8), "JSON"),
        Unreadable(Array("<!DOCTYPE html><html>".utf8), "HTML"),
    ]

    @Test(arguments: unreadable) func whatIsNotUnderstoodIsRefusedWithThePlace(_ document: Unreadable) throws
    {
        let error = #expect(throws: TableError.self) { _ = try Table(csv: document.bytes, document.options) }
        #expect(error?.line == document.line)
        #expect(error?.kind == document.kind)
        let description = try #require(error).description
        for word in document.words { #expect(description.contains(word), "in: \(description)") }
    }

    @Test func linesAreThoseOfTheDocument() throws {
        let table = try Table(csv: Array("# x\r\na,\"b\r\nc\"\r\n1,2\r\n\r\n3,4\r\n\"5\",6".utf8))
        #expect(table.lines.map { lines in (0..<3).map { lines[$0] } } == [4, 6, 7])
        #expect(table.warnings.contains { $0.code == .blankRows && $0.message.contains("line 5") })
    }

    /// A document of a wide header and many short lines must not reserve memory for each cell that could be.
    @Test func columnsAreBounded() throws {
        let wide = String(repeating: "a,", count: 100_001) + "\n"
        let error = try #require(throws: TableError.self) { _ = try Table(csv: Array((wide + wide).utf8)) }
        #expect(error.description.contains("more than 100000 cells"))
        let names = (0..<20_000).map { "n\($0)" }.joined(separator: ",") + "\n"
        let blank = String(repeating: "\n", count: 100_000)
        let row = String(repeating: "1,", count: 19_999) + "1\n"
        let table = try Table(csv: Array((names + row + blank).utf8))
        #expect(table.featureCount == 20_000 && table.rows == 1)
    }

    @Test func clampedValuesAreTold() throws {
        let table = try Table(csv: Array("a,b\n1,2\n1e400,3\n".utf8))
        #expect(table.warnings.count == 1)
        #expect(table.warnings.first?.columns == ["a"] && table.warnings.first?.rows == [1..<2])
    }
}
