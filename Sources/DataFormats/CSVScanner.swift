/// Splits a CSV document into rows of cells without copying them (RFC 4180, section 2).
struct CSVScanner {
    /// The document.
    let bytes: [UInt8]
    /// The character between cells: comma, semicolon or tab.
    private(set) var delimiter = UInt8(ascii: ",")
    /// The offset of the next byte.
    private(set) var position = 0
    /// The line of `position`, counted from 1.
    private(set) var line = 1
    /// The line on which the current row starts.
    private(set) var rowLine = 1
    /// The cells of the current row.
    private(set) var cells: [CSVCell] = []
    /// The offset after the last row, without trailing line ends.
    private let end: Int

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    /// Starts at the first row, after a byte order mark.
    /// - Throws: ``CSVError`` for an empty document, and for the byte order mark of UTF-16.
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

    /// Detects the delimiter, which is the most frequent of the three in the first row, and reads that row.
    /// - Returns: the column names.
    /// - Throws: ``CSVError`` for a repeated name, and for a first row of numbers instead of names.
    mutating func header() throws(CSVError) -> [String] {
        delimiter = mostFrequentDelimiter()
        _ = try nextRow(cells: nil)
        let names = cells.map { text($0) }
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw CSVError(
                line: 1, detail: "two columns have the name \(Self.quoted(name)); each name must be unique")
        }
        // Unsigned integers are accepted as names: pandas writes 0, 1, 2 for columns without names.
        let isData =
            cells.allSatisfy { number($0)?.isFinite == true }
            && names.contains { $0.contains { !$0.isNumber } }
        guard !isData else {
            throw CSVError(
                line: 1, detail: "the first row has numbers; it must have the names of the columns")
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
        let largest = counts.max() ?? 0
        return zip(candidates, counts).first { $0.1 == largest }?.0 ?? delimiter
    }

    /// Reads the next row into `cells`.
    /// - Parameter count: the expected number of cells; nil for any.
    /// - Returns: false at the end of the document.
    /// - Throws: ``CSVError`` for another number of cells, for text after a closing quote, and for a missing
    ///   closing quote.
    mutating func nextRow(cells count: Int?) throws(CSVError) -> Bool {
        guard position < end else { return false }
        rowLine = line
        cells.removeAll(keepingCapacity: true)
        repeat { cells.append(try nextCell()) } while !skipSeparator()
        if let count, cells.count != count {
            throw CSVError(
                line: rowLine,
                detail: "the row has \(Self.cellCount(cells.count)) where the header has \(count)"
                    + (cells.count > count ? "; put text that contains the separator in quotes" : ""))
        }
        return true
    }

    private static func cellCount(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }

    /// Skips the delimiter or the line end after a cell. Returns whether the row ends there.
    private mutating func skipSeparator() -> Bool {
        guard position < bytes.count else { return true }
        let byte = bytes[position]
        position += byte == Self.carriageReturn ? 2 : 1
        guard byte != delimiter else { return false }
        line += 1
        return true
    }

    /// Reads a cell. `position` is then at the delimiter or the line end after it.
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
                    line: line, detail: "text follows a closing quote; double the quotes inside a cell")
            }
            return CSVCell(start: start, end: position - 1, isQuoted: true)
        }
        throw CSVError(line: rowLine, detail: "an opening quote has no closing quote")
    }

    private func isLineEnd(_ offset: Int) -> Bool {
        let byte = bytes[offset]
        if byte == Self.lineFeed { return true }
        return byte == Self.carriageReturn && offset + 1 < bytes.count && bytes[offset + 1] == Self.lineFeed
    }
}
