import CSimdJSON

/// Splits a document into cells without copying them (RFC 4180, section 2). A line ends with LF, CRLF or CR.
struct RowScanner {
    /// The position of a cell in a document.
    struct Cell {
        /// The offset of the first byte, after the opening quote if the cell is quoted, and after blanks.
        var start: Int
        /// The offset after the last byte, before the closing quote if the cell is quoted, and before blanks.
        var end: Int
        /// Whether the cell is in quotes, and quotes inside it are doubled.
        var isQuoted = false

        /// Whether nothing stands in the cell, not even quotes.
        var isBlank: Bool { start == end && !isQuoted }
    }

    /// The document in UTF-8.
    let text: UnsafeBufferPointer<UInt8>
    /// The character between cells.
    let delimiter: UInt8
    /// The offset of the next byte.
    private(set) var position: Int
    /// The line of `position`, counted from 1.
    private(set) var line: Int

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    /// Starts at an offset, which is in this line.
    init(_ text: UnsafeBufferPointer<UInt8>, delimiter: UInt8, position: Int, line: Int) {
        self.text = text
        self.delimiter = delimiter
        self.position = position
        self.line = line
    }

    /// Whether the document ends here.
    var isAtEnd: Bool { position >= text.count }

    /// The offset after the line at `position`, without its line end.
    var endOfLine: Int {
        var end = position
        while end < text.count, text[end] != Self.lineFeed, text[end] != Self.carriageReturn { end += 1 }
        return end
    }

    /// Skips the line at `position`.
    mutating func skipLine() {
        position = endOfLine
        _ = endRow()
    }

    /// Skips the line at `position` if it is blank. Returns whether it was.
    mutating func skipBlankLine() -> Bool {
        var end = position
        while end < text.count, isBlank(text[end]) { end += 1 }
        guard end < text.count else {
            // Blanks at the end of the document, after the last line end.
            defer { position = end }
            return end > position
        }
        guard text[end] == Self.lineFeed || text[end] == Self.carriageReturn else { return false }
        position = end
        return endRow()
    }

    /// The maximum number of cells in a row.
    static let maxCells = 100_000

    /// Reads all cells of the row at `position`.
    /// - Throws: as ``cell()``, and for a row of more than `maxCells`.
    mutating func row() throws(TableError) -> [Cell] {
        let start = line
        var cells: [Cell] = []
        repeat {
            guard cells.count < Self.maxCells else {
                throw TableError("the row has more than \(Self.maxCells) cells", line: start)
            }
            cells.append(try cell())
        } while !endRow()
        return cells
    }

    /// Reads a cell that is a number in JSON's style. `position` is then at the delimiter or the line end
    /// after it. Returns nil, at the same position, for another cell.
    @inline(__always)
    mutating func number() -> Double? {
        guard position < text.count, let base = text.baseAddress else { return nil }
        var value = 0.0
        let length = csimdjson_read_double(base + position, base + text.count, &value)
        guard length > 0 else { return nil }
        let end = position + length
        guard
            end == text.count || text[end] == delimiter || text[end] == Self.lineFeed
                || text[end] == Self.carriageReturn, value.isFinite
        else { return nil }
        position = end
        return value
    }

    /// Reads a cell. `position` is then at the delimiter or the line end after it.
    /// - Throws: ``TableError`` for text after a closing quote, and for a missing closing quote.
    mutating func cell() throws(TableError) -> Cell {
        while position < text.count, isBlank(text[position]) { position += 1 }
        if position < text.count, text[position] == Self.quote { return try quotedCell() }
        let start = position
        while position < text.count {
            let byte = text[position]
            // Other bytes than line ends and blanks are above the letters' limit, or rare.
            if byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn { break }
            position += 1
        }
        return trimmed(Cell(start: start, end: position))
    }

    private mutating func quotedCell() throws(TableError) -> Cell {
        let opening = line
        position += 1
        let start = position
        while position < text.count {
            let byte = text[position]
            position += 1
            if byte == Self.lineFeed || (byte == Self.carriageReturn && !isLineFeed(position)) { line += 1 }
            guard byte == Self.quote else { continue }
            if position < text.count, text[position] == Self.quote {
                position += 1
                continue
            }
            let end = position - 1
            while position < text.count, isBlank(text[position]) { position += 1 }
            guard
                position == text.count || text[position] == delimiter || text[position] == Self.lineFeed
                    || text[position] == Self.carriageReturn
            else {
                throw TableError(
                    "text follows a closing quote; double the quotes inside a cell", line: line)
            }
            return trimmed(Cell(start: start, end: end, isQuoted: true))
        }
        throw TableError("an opening quote has no closing quote", line: opening)
    }

    /// Skips the delimiter or the line end after a cell. Returns whether the row ends there.
    @inline(__always)
    mutating func endRow() -> Bool {
        guard position < text.count else { return true }
        let byte = text[position]
        position += 1
        guard byte != delimiter else { return false }
        if byte == Self.carriageReturn, isLineFeed(position) { position += 1 }
        line += 1
        return true
    }

    private func isLineFeed(_ offset: Int) -> Bool { offset < text.count && text[offset] == Self.lineFeed }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && delimiter != UInt8(ascii: "\t"))
    }

    /// Returns a cell without the blanks around it. U+00A0, the no-break space, is one, too.
    private func trimmed(_ cell: Cell) -> Cell {
        var cell = cell
        func isNoBreakSpace(_ offset: Int) -> Bool { text[offset] == 0xC2 && text[offset + 1] == 0xA0 }
        while cell.start < cell.end {
            let byte = text[cell.end - 1]
            if isBlank(byte) || byte == UInt8(ascii: "\t") {
                cell.end -= 1
            } else if byte == 0xA0, cell.end - cell.start >= 2, isNoBreakSpace(cell.end - 2) {
                cell.end -= 2
            } else {
                break
            }
        }
        while cell.start < cell.end {
            let byte = text[cell.start]
            if isBlank(byte) || byte == UInt8(ascii: "\t") {
                cell.start += 1
            } else if byte == 0xC2, cell.end - cell.start >= 2, isNoBreakSpace(cell.start) {
                cell.start += 2
            } else {
                break
            }
        }
        return cell
    }

    /// The bytes of a cell, in which quotes are doubled if it is quoted.
    func bytes(_ cell: Cell) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: text[cell.start..<cell.end])
    }

    /// Returns the text of a cell. Doubled quotes become one (RFC 4180, section 2).
    func string(_ cell: Cell) -> String {
        guard cell.isQuoted, bytes(cell).contains(Self.quote) else {
            return String(decoding: bytes(cell), as: UTF8.self)
        }
        var unescaped: [UInt8] = []
        var isFirst = false
        for byte in bytes(cell) {
            // The second of two consecutive quotes is dropped.
            isFirst = byte == Self.quote && !isFirst
            if byte != Self.quote || isFirst { unescaped.append(byte) }
        }
        return String(decoding: unescaped, as: UTF8.self)
    }
}
