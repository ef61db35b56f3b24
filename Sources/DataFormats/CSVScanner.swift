/// Where a cell stands in a document.
struct CSVCell {
    /// Offset of its first byte, after the opening quote if there is one.
    let start: Int
    /// Offset behind its last byte.
    let end: Int
    /// Whether quotes inside it are doubled.
    let isQuoted: Bool
}

/// Cuts a CSV document into rows of cells (RFC 4180, section 2), without copying them.
struct CSVScanner {
    /// The document.
    let bytes: [UInt8]
    /// Between cells: comma, semicolon or tab.
    private(set) var delimiter = UInt8(ascii: ",")
    /// Offset of the next byte.
    private(set) var position = 0
    /// The line at `position`, counted from 1.
    private(set) var line = 1
    /// The line on which the last row began.
    private(set) var rowLine = 1
    /// The last row's cells.
    private(set) var cells: [CSVCell] = []
    /// Behind the document but for the line ends at its end.
    private let end: Int

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    /// Skips a byte order mark.
    /// - Throws: ``CSVError`` for what is empty or not UTF-8 by its first bytes.
    init(_ bytes: [UInt8]) throws(CSVError) {
        self.bytes = bytes
        var end = bytes.count
        while end > 0, bytes[end - 1] == Self.lineFeed || bytes[end - 1] == Self.carriageReturn { end -= 1 }
        self.end = end
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw CSVError(line: 1, detail: "the text is UTF-16; save it as UTF-8")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        guard position < end else {
            throw CSVError(
                line: 1, detail: "the document is empty; it needs a header row and rows of numbers")
        }
    }

    /// Reads the first row, and finds the delimiter there: the one of the three that is there most often.
    /// - Throws: ``CSVError`` for names that are doubled, and for a row that is data.
    mutating func header() throws(CSVError) -> [String] {
        delimiter = mostFrequentDelimiter()
        _ = try nextRow(cells: nil)
        let names = cells.map { text($0) }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw CSVError(
                line: 1, detail: "two columns are called \(Self.quoted(name)); each needs its own name")
        }
        // Plain integers may be names: pandas writes 0, 1, 2 for columns that have none.
        let isData =
            cells.allSatisfy { number($0)?.isFinite == true }
            && names.contains { $0.contains { !$0.isNumber } }
        guard !isData else {
            throw CSVError(line: 1, detail: "the first row holds numbers; it must name the columns")
        }
        return names
    }

    private func mostFrequentDelimiter() -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        var counts = [0, 0, 0]
        var isQuoted = false
        for byte in bytes[position..<end] {
            if byte == Self.quote { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == Self.lineFeed { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return zip(candidates, counts).first { $0.1 == most }?.0 ?? delimiter
    }

    /// Moves to the next row; false at the end.
    /// - Throws: ``CSVError`` for a row of another length than `count`, and for stray
    ///   quotes.
    mutating func nextRow(cells count: Int?) throws(CSVError) -> Bool {
        guard position < end else { return false }
        rowLine = line
        cells.removeAll(keepingCapacity: true)
        repeat { cells.append(try nextCell()) } while !takeRowEnd()
        if let count, cells.count != count {
            throw CSVError(
                line: rowLine,
                detail: "the row has \(Self.words(cells.count)) where the header has \(count)"
                    + (cells.count > count ? "; put text that holds the separator in quotes" : ""))
        }
        return true
    }

    private static func words(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }

    /// Steps over what stands behind a cell; true if that was the end of its row.
    private mutating func takeRowEnd() -> Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        position += byte == Self.carriageReturn ? 2 : 1
        guard byte != delimiter else { return false }
        line += 1
        return true
    }

    /// The next cell; leaves `position` at the delimiter or the line end behind it.
    private mutating func nextCell() throws(CSVError) -> CSVCell {
        guard position < bytes.count else { return CSVCell(start: position, end: position, isQuoted: false) }
        if bytes[position] == Self.quote { return try nextQuotedCell() }
        let start = position
        while position < bytes.count, bytes[position] != delimiter, !isLineEnd(position) { position += 1 }
        return CSVCell(start: start, end: position, isQuoted: false)
    }

    private mutating func nextQuotedCell() throws(CSVError) -> CSVCell {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else { continue }
            if position < bytes.count, bytes[position] == Self.quote {
                position += 1
                continue
            }
            guard position == bytes.count || bytes[position] == delimiter || isLineEnd(position) else {
                throw CSVError(
                    line: line, detail: "text stands behind a closing quote; double the quotes inside a cell")
            }
            return CSVCell(start: start, end: position - 1, isQuoted: true)
        }
        throw CSVError(line: rowLine, detail: "a quote is not closed")
    }

    private func isLineEnd(_ offset: Int) -> Bool {
        let byte = bytes[offset]
        if byte == Self.lineFeed { return true }
        return byte == Self.carriageReturn && offset + 1 < bytes.count && bytes[offset + 1] == Self.lineFeed
    }
}
