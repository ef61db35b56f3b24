/// The values of cells, and the errors for them.
extension CSVScanner {
    /// Returns the number in a cell, which can be infinite, or NaN for a missing value; nil for other text.
    func number(_ cell: CSVCell) -> Float? {
        var (start, end) = (cell.start, cell.end)
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        while start < end, Self.isBlank(bytes[end - 1]) { end -= 1 }
        guard start < end else { return .nan }
        return decimalNumber(start..<end) ?? namedNumber(start..<end)
    }

    /// Parses a decimal number; infinite beyond the range of `Float`. `Float` alone would also accept
    /// hexadecimal numbers.
    private func decimalNumber(_ range: Range<Int>) -> Float? {
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

    /// Parses the words for NaN and infinity, in any case.
    private func namedNumber(_ range: Range<Int>) -> Float? {
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

    /// Returns the text of a cell without its quotes. Doubled quotes become one (RFC 4180, section 2).
    func text(_ cell: CSVCell) -> String {
        let text = String(decoding: bytes[cell.start..<cell.end], as: UTF8.self)
        guard cell.isQuoted, text.contains("\"") else { return text }
        var unescaped = ""
        var isFirst = false
        for character in text.unicodeScalars {
            // The second of two consecutive quotes is dropped.
            isFirst = character == "\"" && !isFirst
            if character != "\"" || isFirst { unescaped.unicodeScalars.append(character) }
        }
        return unescaped
    }

    /// The error for a cell of the current row that must be a finite number.
    func numberError(_ cell: CSVCell, column: String) -> CSVError {
        let text = text(cell)
        let name = Self.quoted(column)
        let problem: String
        if number(cell)?.isInfinite == true {
            problem = "; a number must be finite as a 32-bit float; leave the cell of a missing value empty"
        } else if text.contains(","), Float(text.map { $0 == "," ? "." : String($0) }.joined()) != nil {
            problem = "; decimals need a point"
        } else {
            problem = ", which is not a number; leave the column out with ignore"
        }
        return CSVError(
            line: rowLine, detail: "column \(name) has the value \(Self.quoted(text))\(problem)")
    }

    /// The error for a cell of the current row that must be 0 or 1.
    func flagError(_ cell: CSVCell, column: String) -> CSVError {
        let (name, text) = (Self.quoted(column), Self.quoted(text(cell)))
        return CSVError(line: rowLine, detail: "column \(name) has the value \(text); it must be 0 or 1")
    }

    /// Returns text in quotes for an error message: at most 40 characters, with control characters escaped.
    static func quoted(_ text: String) -> String {
        let maxLength = 40
        var result = "\""
        for character in text.unicodeScalars.prefix(maxLength) {
            result += character.escaped(asASCII: false)
        }
        return result + (text.unicodeScalars.count > maxLength ? "…\"" : "\"")
    }
}
