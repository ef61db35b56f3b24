import Glibc

extension Int {
    /// The number with thin spaces between thousands.
    var grouped: String {
        var text = ""
        for (index, digit) in "\(magnitude)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append("\u{202F}") }
            text.append(digit)
        }
        return (self < 0 ? "−" : "") + String(text.reversed())
    }

    /// The number with its unit: `1 row`, `2 rows`.
    func of(_ unit: String) -> String { "\(grouped) \(unit)\(self == 1 ? "" : "s")" }
}

extension Double {
    /// The number with a number of significant digits, without trailing zeros.
    func text(digits: Int = 4) -> String {
        guard isFinite else { return "–" }
        guard self != 0 else { return "0" }
        let exponent = Int(log10(magnitude).rounded(.down))
        // Twice, because the first rounding can carry into another digit.
        let unit = pow(10, Double(digits - 1 - exponent))
        let rounded = unit.isFinite ? (self * unit).rounded() / unit : self
        if rounded.magnitude >= 1e7 || rounded.magnitude < 1e-4 { return "\(rounded)" }
        if rounded == rounded.rounded() { return Int(rounded).grouped }
        return "\(rounded)".replacing("-", with: "−")
    }

    /// A share of 1 in percent, such as `18.6 %`.
    var percent: String {
        let tenths = (self * 1000).rounded() / 10
        if tenths == 0, self > 0 { return "< 0.1\u{202F}%" }
        return tenths >= 10 || tenths == tenths.rounded()
            ? "\(Int(tenths.rounded()))\u{202F}%" : "\(tenths)\u{202F}%"
    }
}
