import HTTP1

/// Writes CSV (RFC 4180) in UTF-8.
///
/// Lines end with a line feed alone, which every reader of CSV takes: tools that split lines and cells, such
/// as awk and cut, would keep a carriage return in the last cell.
struct CSVWriter {
    /// The bytes written so far.
    private(set) var bytes: [UInt8] = []
    private var isStartOfLine = true

    /// - Parameter capacity: the expected length, in bytes.
    init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Writes the names of columns, and ends the line. Readers find a column by its name, so that names must
    /// differ: a feature that is called like another column gets a number with which it is called like none.
    mutating func header(_ columns: [String], features: [String] = []) {
        var names = Set(columns + features)
        for column in columns { cell(column) }
        var used = Set(columns)
        for feature in features {
            var unique = feature
            var count = 1
            if !used.insert(feature).inserted {
                repeat {
                    count += 1
                    unique = "\(feature)_\(count)"
                } while !names.insert(unique).inserted
            }
            cell(unique)
        }
        endLine()
    }

    /// Writes a text, in quotes if it has a comma, a quote or the end of a line.
    mutating func cell(_ text: String) {
        separate()
        let quote = UInt8(ascii: "\"")
        guard text.utf8.contains(where: { [quote, 0x2C, 0x0A, 0x0D].contains($0) }) else {
            bytes += text.utf8
            return
        }
        bytes.append(quote)
        for byte in text.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    /// Writes a number; nothing for NaN.
    mutating func cell(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
        separate()
        if !number.isNaN { bytes += number.description.utf8 }
    }

    /// Writes an integer.
    mutating func cell(_ integer: Int) {
        separate()
        bytes += integer.description.utf8
    }

    /// Writes `true` or `false`.
    mutating func cell(_ bool: Bool) {
        separate()
        bytes += (bool ? "true" : "false").utf8
    }

    /// Writes a cell without content.
    mutating func emptyCell() { separate() }

    /// Ends the line.
    mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        isStartOfLine = true
    }

    private mutating func separate() {
        if !isStartOfLine { bytes.append(UInt8(ascii: ",")) }
        isStartOfLine = false
    }
}

extension Response {
    /// 200 with a table.
    static func csv(_ csv: CSVWriter) -> Response {
        Response(
            status: .ok, fields: [(name: "Content-Type", value: MediaType.csv.rawValue)],
            body: .bytes(csv.bytes))
    }
}
