/// A pass over the rows of a CSV document.
struct ColumnScan {
    /// What a pass does with the cells of a column.
    enum Mode: Equatable {
        /// Skips them.
        case skip
        /// Reads numbers.
        case numbers
        /// Keeps the texts.
        case texts
    }

    /// A cell that is mentioned in a message.
    struct Place {
        let row: Int
        let line: Int
        let text: String
    }

    /// What was found in a column of numbers.
    struct Profile {
        /// The number of cells of each kind, by raw value.
        var counts = [Int](repeating: 0, count: CellKind.allCases.count)
        /// The first cell of each kind other than a plain number or a missing value.
        var first = [Place?](repeating: nil, count: CellKind.allCases.count)
        /// The first number with a decimal point; nil unless the pass looks for it.
        var firstPoint: Place?
        /// Whether each number with a point could have it between thousands.
        var pointsMayGroup = true
        /// The number of numbers with a point, and the first of three digits without one; 0 and nil unless
        /// the pass looks for points.
        var points = 0
        var firstHundreds: Place?
        /// Whether a number of thousands has no mark.
        var hasUnmarkedThousands = false
        /// The rows whose numbers are beyond the range of doubles.
        var clampedRows: [Int] = []

        subscript(kind: CellKind) -> Int { counts[kind.rawValue] }
        /// Whether all cells are numbers that are written plainly, or missing.
        var isPlain: Bool { first.allSatisfy { $0 == nil } }
        /// The first cell of a kind.
        func first(_ kind: CellKind) -> Place? { first[kind.rawValue] }
    }

    /// What is done with each column.
    let modes: [Mode]
    /// How the numbers are written.
    let style: NumberStyle
    /// Whether decimal points are looked for, which takes longer.
    var looksForPoints = false
    /// Whether rows without any cell are left out. Those at the end always are.
    let omitsEmptyRows: Bool

    /// `[rows][columns]`: the numbers of the columns in mode `.numbers`; NaN for others.
    private(set) var values: [Double]
    /// For each column, its texts in mode `.texts`; empty otherwise.
    private(set) var texts: [PackedTexts]
    private(set) var profiles: [Profile]
    private(set) var lines = RowLines()
    /// The lines of rows that were left out: the first, and their number.
    private(set) var omitted: (line: Int, count: Int)?
    /// The number of rows.
    private(set) var rows = 0
    private var emptyRowsAtEnd: [Int] = []

    private var columns: Int { modes.count }

    /// Reads all rows.
    /// - Parameter columnNames: the number of columns that the header has.
    /// - Throws: ``TableError`` for a row of another number of cells, and for unbalanced quotes.
    init(
        _ scanner: RowScanner, modes: [Mode], style: NumberStyle = .plain, looksForPoints: Bool = false,
        omitsEmptyRows: Bool, keepsValues: Bool = true
    ) throws(TableError) {
        self.modes = modes
        self.style = style
        self.looksForPoints = looksForPoints
        self.omitsEmptyRows = omitsEmptyRows
        values = []
        texts = modes.map { _ in PackedTexts() }
        profiles = modes.map { _ in Profile() }
        if keepsValues {
            let rest = scanner.text[scanner.position...]
            // A cell takes at least one byte, so that a wide header over many blank lines reserves little.
            values.reserveCapacity(min(Self.lineCount(rest) * modes.count, rest.count + 1))
        }
        try read(scanner, keepsValues: keepsValues)
        omitRowsAtEnd(keepsValues: keepsValues)
    }

    /// Returns the maximum number of rows: the line ends, and one.
    private static func lineCount(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var (feeds, returns) = (0, 0)
        text.withContiguousStorageIfAvailable { text in
            for byte in text {
                feeds += byte == UInt8(ascii: "\n") ? 1 : 0
                returns += byte == UInt8(ascii: "\r") ? 1 : 0
            }
        }
        return max(feeds, returns) + 1
    }

    private mutating func read(_ start: RowScanner, keepsValues: Bool) throws(TableError) {
        var scanner = start
        let isFast = style == .plain && !looksForPoints
        let columns = columns
        while !scanner.isAtEnd {
            let line = scanner.line
            if scanner.skipBlankLine() {
                omit(line)
                continue
            }
            let rowStart = scanner
            var column = 0
            var isEmpty = true
            repeat {
                if isFast, column < columns, modes[column] == .numbers, let number = scanner.number() {
                    if keepsValues { values.append(number) }
                    profiles[column].counts[CellKind.number.rawValue] += 1
                    isEmpty = false
                } else {
                    let cell = try scanner.cell()
                    isEmpty = isEmpty && cell.isBlank
                    if column < columns {
                        let value = read(cell, column, scanner, line: line)
                        if keepsValues { values.append(value) }
                    } else if !cell.isBlank {
                        throw try countError(rowStart)
                    }
                }
                column += 1
            } while !scanner.endRow()
            if isEmpty, omitsEmptyRows || column != columns {
                for read in 0..<min(column, columns) {
                    if keepsValues { values.removeLast() }
                    if modes[read] == .texts { texts[read].removeLast() }
                    if modes[read] == .numbers { profiles[read].counts[CellKind.missing.rawValue] -= 1 }
                }
                omit(line)
                continue
            }
            guard column >= columns else { throw try countError(rowStart) }
            if isEmpty {
                emptyRowsAtEnd.append(line)
            } else {
                emptyRowsAtEnd.removeAll(keepingCapacity: true)
            }
            lines.append(line)
            rows += 1
        }
    }

    private mutating func omit(_ line: Int) {
        omitted = (min(line, omitted?.line ?? line), (omitted?.count ?? 0) + 1)
    }

    private mutating func omitRowsAtEnd(keepsValues: Bool) {
        for line in emptyRowsAtEnd { omit(line) }
        let count = emptyRowsAtEnd.count
        if keepsValues { values.removeLast(count * columns) }
        for (column, mode) in modes.enumerated() {
            if mode == .texts { texts[column].removeLast(count) }
            if mode == .numbers { profiles[column].counts[CellKind.missing.rawValue] -= count }
        }
        lines.removeLast(count)
        rows -= count
    }

    /// Reads a cell. Returns its number, or NaN.
    private mutating func read(_ cell: RowScanner.Cell, _ column: Int, _ scanner: RowScanner, line: Int)
        -> Double
    {
        switch modes[column] {
        case .skip: return .nan
        case .texts:
            if cell.isQuoted, scanner.bytes(cell).contains(UInt8(ascii: "\"")) {
                texts[column].append(scanner.string(cell).utf8)
            } else {
                texts[column].append(scanner.bytes(cell))
            }
            return .nan
        case .numbers: break
        }
        let text = NumberText(bytes: scanner.bytes(cell))
        let number = text.number(style)
        var kind = number == nil ? text.kind : .number
        // What is no number in the style of the document must not become a missing value.
        if number == nil, kind == .number { kind = .text }
        var value = number ?? .nan
        if value.isInfinite {
            value = value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
            profiles[column].clampedRows.append(rows)
        }
        profiles[column].counts[kind.rawValue] += 1
        if looksForPoints, kind == .number {
            lookForPoint(text, value, column, line: line)
        }
        if kind != .number, kind != .missing, profiles[column].first[kind.rawValue] == nil {
            profiles[column].first[kind.rawValue] = Place(row: rows, line: line, text: scanner.string(cell))
        }
        return value
    }

    private mutating func lookForPoint(_ text: NumberText, _ value: Double, _ column: Int, line: Int) {
        var place: Place { Place(row: rows, line: line, text: String(decoding: text.bytes, as: UTF8.self)) }
        if text.hasPoint {
            profiles[column].points += 1
            if profiles[column].firstPoint == nil { profiles[column].firstPoint = place }
            profiles[column].pointsMayGroup =
                profiles[column].pointsMayGroup && text.isPossiblyGroupedByPoints
        } else if value.magnitude >= 1000 {
            profiles[column].hasUnmarkedThousands = true
        } else if value.magnitude >= 100, profiles[column].firstHundreds == nil {
            profiles[column].firstHundreds = place
        }
    }

    /// Returns the error for a row with too few or too many cells.
    private func countError(_ row: RowScanner) throws(TableError) -> TableError {
        var scanner = row
        let cells = try scanner.row()
        func count(_ number: Int) -> String { number == 1 ? "1 cell" : "\(number) cells" }
        var detail = "the row has \(count(cells.count)) where the first row has \(columns)"
        if let first = scanner.bytes(cells[0]).first, first == UInt8(ascii: "#"), columns > 1 {
            detail += "; comments are read in front of the header only: remove the line"
        } else if cells.count == columns + 1, rows == 0, columns > 1 {
            detail +=
                "; if the first cell names the row, as R and pandas write it, put a name for it in front of "
                + "the header; \(separatorAdvice(row))"
        } else if columns == 1, rows == 0 {
            detail += "; the header may have another separator than the rows, or \(separatorAdvice(row))"
        } else if cells.count > columns {
            detail += "; \(separatorAdvice(row))"
        } else if columns > 1, cells.count == 1 {
            detail +=
                "; the document may be cut off, text may follow the table, or the separator differs: remove "
                + "the line if it does not belong to the table"
        } else {
            detail += "; write every cell, also those of missing values"
        }
        return TableError(detail, line: row.line)
    }

    private func separatorAdvice(_ row: RowScanner) -> String {
        row.delimiter == UInt8(ascii: ",")
            ? "put text that has commas in quotes; numbers with decimal commas need semicolons as separators"
            : "put text that has the separator in quotes"
    }

    /// Replaces what was found in a column by what another pass has found.
    mutating func adopt(_ profile: Profile, _ column: Int) { profiles[column] = profile }

    /// Takes the values out of the scan.
    mutating func takeValues() -> [Double] {
        defer { values = [] }
        return values
    }
}
