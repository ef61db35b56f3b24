/// What a cell says.
extension CSVScanner {
    /// The number in a cell, infinite or NaN for a missing value; nil for anything else.
    func number(_ cell: CSVCell) -> Float? {
        var (start, end) = (cell.start, cell.end)
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        while start < end, Self.isBlank(bytes[end - 1]) { end -= 1 }
        guard start < end else { return .nan }
        return decimal(start..<end) ?? named(start..<end)
    }

    /// A decimal number; infinite past the largest float. `Float` alone would take hexadecimal too.
    private func decimal(_ range: Range<Int>) -> Float? {
        let text = bytes[range]
        let isDecimal = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return isDecimal ? Float(String(decoding: text, as: UTF8.self)) : nil
    }

    /// A number that is written as a word.
    private func named(_ range: Range<Int>) -> Float? {
        guard range.count <= 9 else { return nil }
        return switch String(decoding: bytes[range], as: UTF8.self).lowercased() {
        case "nan", "na", "null": .nan
        case "inf", "+inf", "infinity", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        default: nil
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// The text of a cell, without its quotes.
    func text(_ cell: CSVCell) -> String {
        let text = String(decoding: bytes[cell.start..<cell.end], as: UTF8.self)
        guard cell.isQuoted, text.contains("\"") else { return text }
        var single = ""
        var isFirst = false
        for character in text.unicodeScalars {
            // Of two quotes in a row the second is left out.
            isFirst = character == "\"" && !isFirst
            if character != "\"" || isFirst { single.unicodeScalars.append(character) }
        }
        return single
    }

    /// The error for a cell of the last row.
    func notANumber(_ cell: CSVCell, column: String) -> CSVError {
        let text = text(cell)
        let name = Self.quoted(column)
        let what: String
        if number(cell)?.isInfinite == true {
            what =
                "\(Self.quoted(text)); a number must be finite as a 32-bit float, and a missing one an empty cell"
        } else if text.contains(","), Float(text.map { $0 == "," ? "." : String($0) }.joined()) != nil {
            what = "\(Self.quoted(text)); decimals need a point"
        } else {
            what = "\(Self.quoted(text)), which is no number; leave the column out with ignore"
        }
        return CSVError(line: rowLine, detail: "column \(name) holds \(what)")
    }

    /// The error for a cell of the last row that must be 0 or 1.
    func notAFlag(_ cell: CSVCell, column: String) -> CSVError {
        let (name, text) = (Self.quoted(column), Self.quoted(text(cell)))
        return CSVError(line: rowLine, detail: "column \(name) holds \(text); it must be 0 or 1")
    }

    /// Text in quotes, printable and cut.
    static func quoted(_ text: String) -> String {
        let limit = 40
        var result = "\""
        for character in text.unicodeScalars.prefix(limit) {
            result += character.escaped(asASCII: false)
        }
        return result + (text.unicodeScalars.count > limit ? "…\"" : "\"")
    }
}
