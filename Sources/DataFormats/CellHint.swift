/// What may be meant by a cell that is not a number, and how to write it.
struct CellHint {
    /// A clause without a full stop.
    let text: String

    /// nil if the text gives no hint.
    init?(_ cell: String) {
        let digits = "write digits and a decimal point only"
        let lower = cell.lowercased()
        switch true {
        case cell.hasPrefix("#") && (cell.hasSuffix("!") || cell.hasSuffix("?")):
            text = "it is an error of a spreadsheet; correct the formula, or leave the cell empty"
        case ["on", "off", "t", "f", "y", "n", "ok"].contains(lower):
            text = "write a flag as 0 or 1"
        case !cell.contains(where: \.isNumber): return nil
        case lower.hasPrefix("0x"): text = "write hexadecimal numbers in decimal"
        case cell.hasPrefix("=\""): text = "write the number without = and quotes"
        case "'’‘“”".contains(cell.first ?? " "): text = "write numbers without quotes, or in double quotes"
        case "<>≤≥".contains(cell.first ?? " "):
            text = "it is a limit; write the number that is to be used, or leave the cell empty"
        case cell.hasSuffix("%"):
            text = "write \(cell.dropLast().trimmed) without the per cent sign, and the sign into the name"
        case Self.hasUnit(cell): text = "\(digits), and the unit into the name"
        case cell.first?.isLetter == true: return nil
        default: text = digits
        }
    }

    /// Whether text is a number, and then a unit.
    private static func hasUnit(_ cell: String) -> Bool {
        let unit = cell.drop { "0123456789.,+-−".contains($0) }
        return unit.count < cell.count && !unit.isEmpty && UnitText.isUnit(String(unit).trimmed)
    }
}

extension StringProtocol {
    /// The text without blanks around it.
    fileprivate var trimmed: String {
        let front = drop(while: \.isWhitespace)
        return String(front.prefix(front.count - front.reversed().prefix(while: \.isWhitespace).count))
    }
}
