import TimeSeries

/// Where the parts of a CSV document are: its separator, the names of the columns, and the first row of data.
struct TableLayout {
    /// The character between cells.
    private(set) var delimiter = UInt8(ascii: ",")
    /// The names of the columns as they stand in the header; nil without a header.
    private(set) var names: [String]?
    /// The number of columns.
    private(set) var columnCount = 0
    /// The offset of the first row of data.
    private(set) var start = 0
    /// The line of the first row of data, and of the header, or of the first row without one.
    private(set) var line = 1
    private(set) var headerLine = 1
    /// Whether numbers near the start have other marks than a decimal point.
    private(set) var hasMarkedNumbers = false
    /// What was skipped in front of the data.
    private(set) var warnings: [Warning] = []

    private let text: UnsafeBufferPointer<UInt8>
    /// The last comment in front of the first row, without its mark.
    private var comment: (text: Range<Int>, line: Int)?

    /// The number of rows, and of bytes, that decide about the separator and the header.
    private static let sampleRows = 200
    private static let sampleBytes = 1 << 18

    /// Finds the parts of a document.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - hasHeader: whether there is a header; nil if the document has to have one.
    /// - Throws: ``TableError`` for an empty document, for one without rows, and for one without a header.
    init(_ text: UnsafeBufferPointer<UInt8>, hasHeader: Bool?) throws(TableError) {
        self.text = text
        // Files that were joined can have several byte order marks.
        while text[start...].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
        let separator = skipSeparatorLine()
        skipComments()
        guard start < text.count else {
            throw TableError("the document is empty; it needs a header row and rows of numbers", line: 1)
        }
        let (delimiter, sample) = separator.map { ($0, self.sample($0)) } ?? bestDelimiter()
        self.delimiter = delimiter
        try checkSeparator(sample, isNamed: separator != nil)
        hasMarkedNumbers = sample.contains(where: \.hasMarks)
        if hasHeader != false { try skipTextBefore(sample) }
        headerLine = line
        try readHeader(hasHeader)
        dropNamesOfNothing(sample)
        if names != nil { skipUnits() }
    }

    func scanner(_ delimiter: UInt8) -> RowScanner {
        RowScanner(text, delimiter: delimiter, position: start, line: line)
    }

    private mutating func move(to scanner: RowScanner) { (start, line) = (scanner.position, scanner.line) }

    // MARK: In front of the header

    /// Skips the line `sep=;`, which Excel writes and reads. Returns its separator.
    private mutating func skipSeparatorLine() -> UInt8? {
        var scanner = scanner(delimiter)
        var content = Array(text[start..<scanner.endOfLine]).filter { $0 != UInt8(ascii: "\"") }
        // In a document with other separators, Excel fills the line with them.
        if content.count > 5 {
            content = Array(content.prefix(5)) + content[5...].filter { $0 != content[4] }
        }
        guard content.count == 5, String(decoding: content.prefix(4), as: UTF8.self).lowercased() == "sep="
        else { return nil }
        scanner.skipLine()
        move(to: scanner)
        return content[4]
    }

    /// Skips lines that begin with `#` or `//`, and blank lines.
    private mutating func skipComments() {
        var scanner = scanner(delimiter)
        let first = line
        while !scanner.isAtEnd {
            if scanner.skipBlankLine() { continue }
            let content = text[scanner.position..<scanner.endOfLine]
            let mark = content.starts(with: "//".utf8) ? 2 : content.first == UInt8(ascii: "#") ? 1 : 0
            guard mark > 0, !content.starts(with: "#N/A".utf8), !isHeaderOfIndex(scanner) else { break }
            comment = (content.startIndex + mark..<content.endIndex, scanner.line)
            scanner.skipLine()
        }
        if comment != nil {
            warnings.append(
                Warning(
                    .skippedLines, .info,
                    "The comments in front of the header, in \(Self.lines(first..<scanner.line)), "
                        + "were skipped."))
        }
        move(to: scanner)
    }

    /// Whether a line that begins with `#` is a header whose first column has that name: `#,a,b` above rows
    /// of three cells.
    private func isHeaderOfIndex(_ line: RowScanner) -> Bool {
        Self.delimiters.contains { delimiter in
            var scanner = RowScanner(text, delimiter: delimiter, position: line.position, line: line.line)
            guard let names = try? scanner.row(), names.count > 1, scanner.string(names[0]) == "#",
                names.contains(where: { Self.kind($0, scanner) == .text && scanner.string($0) != "#" })
            else { return false }
            while scanner.skipBlankLine() {}
            guard !scanner.isAtEnd, let cells = try? scanner.row(), cells.count == names.count else {
                return false
            }
            return scanner.string(cells[0]).first != "#"
        }
    }

    private static func lines(_ lines: Range<Int>) -> String {
        lines.count == 1 ? "line \(lines.lowerBound)" : "lines \(lines.lowerBound) to \(lines.upperBound - 1)"
    }

    /// Skips lines of other numbers of cells in front of the header, if what follows is certainly a table: a
    /// row of names and then rows of the same number of cells only.
    private mutating func skipTextBefore(_ sample: [SampleRow]) throws(TableError) {
        guard let last = sample.last, last.cells.count > 1 else { return }
        let count = last.cells.count
        guard let header = sample.lastIndex(where: { $0.cells.count != count }).map({ $0 + 1 }),
            header > 0, header < sample.count - 1,
            sample[..<header].allSatisfy({ $0.cells.count != count }),
            sample[header].cells.allSatisfy({ $0 == .text || $0 == .blank }),
            sample[header].cells.contains(.text)
        else { return }
        let skipped = line..<sample[header].line
        (start, line) = (sample[header].start, sample[header].line)
        guard skipped.count > 0 else { return }
        warnings.append(
            Warning(
                .skippedLines, .warning,
                "The text in front of the header, in \(Self.lines(skipped)), was skipped: it has other "
                    + "numbers of cells than the \(count) of the table."))
    }

    // MARK: Separator

    /// A row in front of the document, with what its cells are.
    struct SampleRow {
        enum Kind { case number, time, text, missing, blank }
        let start: Int
        let line: Int
        let cells: [Kind]
        /// Whether a number has other marks than a decimal point.
        let hasMarks: Bool
    }

    private func sample(_ delimiter: UInt8) -> [SampleRow] {
        var scanner = scanner(delimiter)
        var rows: [SampleRow] = []
        while !scanner.isAtEnd, rows.count < Self.sampleRows, scanner.position - start < Self.sampleBytes {
            if scanner.skipBlankLine() { continue }
            let (start, line) = (scanner.position, scanner.line)
            guard let cells = try? scanner.row() else { break }
            rows.append(
                SampleRow(
                    start: start, line: line, cells: cells.map { Self.kind($0, scanner) },
                    hasMarks: cells.contains { NumberText(bytes: scanner.bytes($0)).kind.hasMarks }))
        }
        return rows
    }

    private static func kind(_ cell: RowScanner.Cell, _ scanner: RowScanner) -> SampleRow.Kind {
        kind(scanner.bytes(cell))
    }

    static func kind(_ bytes: UnsafeBufferPointer<UInt8>) -> SampleRow.Kind {
        if bytes.isEmpty { return .blank }
        switch NumberText(bytes: bytes).kind {
        case .missing: return .missing
        case .text: return TimeText(bytes) == nil ? .text : .time
        case .boolean: return .text
        default: return .number
        }
    }

    /// The separators that are looked for. The comma is last, because it is a decimal mark, too.
    static let delimiters = [
        UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"), UInt8(ascii: ","),
    ]

    /// Finds the separator whose rows have the same number of cells most often, and whose cells are numbers.
    private func bestDelimiter() -> (UInt8, [SampleRow]) {
        var best = (score: 0.0, delimiter: UInt8(ascii: ","), sample: [SampleRow]())
        for delimiter in Self.delimiters {
            let sample = sample(delimiter)
            let counts = Dictionary(grouping: sample, by: { $0.cells.count }).mapValues(\.count)
            guard let mode = counts.filter({ $0.key > 1 }).max(by: { $0.value < $1.value }) else { continue }
            let share = Double(mode.value) / Double(sample.count)
            guard share == 1 || delimiter != UInt8(ascii: "|") else { continue }
            let cells = sample.dropFirst().filter { $0.cells.count == mode.key }.flatMap(\.cells)
            let values = cells.count { $0 != .text }
            // The header alone has no values.
            let score = share * (1 + Double(values) / Double(max(1, cells.count)))
            if score > best.score { best = (score, delimiter, sample) }
        }
        return best.score > 0 ? (best.delimiter, best.sample) : (delimiter, sample(delimiter))
    }

    // MARK: Header

    private mutating func readHeader(_ hasHeader: Bool?) throws(TableError) {
        var scanner = scanner(delimiter)
        let cells = try scanner.row()
        columnCount = cells.count
        guard hasHeader != false else { return }
        if scanner.isAtEnd, scanner.line == line {
            throw TableError(
                "the document is one line; it needs a header row and rows of numbers. curl -d @file removes "
                    + "the line ends of a file: send it with --data-binary @file", line: line)
        }
        let texts = cells.map { scanner.string($0) }
        let kinds = cells.map { Self.kind($0, scanner) }
        if hasHeader == nil, !isHeader(texts, kinds, before: scanner) {
            if let names = commentedNames() {
                // The comment is the header, so that the first row is data.
                self.names = names
                return
            }
            throw TableError(
                "the first row, which begins with \(TableError.quoted(texts[0])), has values instead of the "
                    + "names of the columns; add a row of names, or say header=false (if these are the "
                    + "names, header=true)", line: line,
                remedies: [Remedy(.header, "false"), Remedy(.header, "true")])
        }
        names = texts
        move(to: scanner)
    }

    /// Drops separators at the end of the header that the rows do not have.
    private mutating func dropNamesOfNothing(_ sample: [SampleRow]) {
        guard let names, names.last == "",
            let fewest = sample.filter({ $0.start >= start }).map(\.cells.count).min()
        else { return }
        while columnCount > max(1, fewest), self.names?.last == "" {
            self.names?.removeLast()
            columnCount -= 1
        }
    }

    /// Whether the first row has names: not only numbers, dates and missing values. pandas names columns
    /// without names 0, 1, 2 and so on.
    private func isHeader(_ texts: [String], _ kinds: [SampleRow.Kind], before scanner: RowScanner) -> Bool {
        let numbers = texts.filter { !$0.isEmpty }
        if numbers == (0..<numbers.count).map({ "\($0)" }), texts.count - numbers.count <= 1 { return true }
        guard kinds.contains(.text) else { return !kinds.contains { $0 == .number || $0 == .time } }
        guard kinds.contains(where: { $0 == .number || $0 == .time }) else { return true }
        // Names and numbers: a header if a name stands above a value, as in `time,400.5,401`, and data if
        // text stands above text, as in `pump1,0.5`.
        var scanner = scanner
        while scanner.skipBlankLine() {}
        guard !scanner.isAtEnd, let next = try? scanner.row(), next.count == kinds.count else { return true }
        return zip(kinds, next).contains { $0 == .text && Self.kind($1, scanner) != .text }
    }

    /// The names in the comment above the first row, as numpy.savetxt writes them: `# a,b`. nil if its number
    /// of cells is another, or one, which any comment has.
    private func commentedNames() -> [String]? {
        guard let comment, comment.line == line - 1, columnCount > 1 else { return nil }
        var scanner = RowScanner(
            UnsafeBufferPointer(rebasing: text[..<comment.text.upperBound]), delimiter: delimiter,
            position: comment.text.lowerBound, line: comment.line)
        guard let cells = try? scanner.row(), cells.count == columnCount else { return nil }
        let kinds = cells.map { Self.kind($0, scanner) }
        guard kinds.contains(.text), kinds.allSatisfy({ $0 == .text || $0 == .blank }) else { return nil }
        return cells.map { scanner.string($0) }
    }

    // MARK: Units

    /// Skips a row of units under the header, if it is certainly one: each cell is a unit, in brackets or one
    /// of those that are in use, or empty, and numbers or dates follow.
    private mutating func skipUnits() {
        var scanner = scanner(delimiter)
        while scanner.skipBlankLine() {}
        let unitLine = scanner.line
        guard !scanner.isAtEnd, let units = try? scanner.row(), units.count == columnCount else { return }
        let after = scanner
        let texts = units.map { scanner.string($0) }
        guard texts.contains(where: { !$0.isEmpty && $0 != "-" }), texts.allSatisfy(UnitText.isUnit) else {
            return
        }
        while scanner.skipBlankLine() {}
        guard !scanner.isAtEnd, let values = try? scanner.row(), values.count == columnCount else { return }
        let kinds = values.map { Self.kind($0, scanner) }
        guard kinds.contains(.number), !zip(kinds, texts).contains(where: { $0 == .text && !$1.isEmpty })
        else {
            return
        }
        move(to: after)
        warnings.append(
            Warning(
                .skippedLines, .info,
                "The row of units in line \(unitLine) was skipped: "
                    + "\(texts.prefix(20).map(TableError.escaped).joined(separator: ", "))."
            ))
    }
}
