import Glibc
import RepriseClient

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// The number with five significant digits.
    var rounded5: String { rounded(digits: 5) }

    /// The number with a number of significant digits.
    func rounded(digits: Int) -> String {
        let number = Double(self)
        guard number.isFinite, number != 0 else { return "\(number)" }
        let unit = pow(10, Double(digits - 1) - floor(log10(abs(number))))
        let rounded = (number * unit).rounded() / unit
        return "\(rounded.isFinite ? rounded : number)"
    }
}

extension Double {
    /// The number with three decimals.
    var rounded3: String {
        let thousandths = Int((abs(self) * 1000).rounded())
        let decimals = String(1000 + thousandths % 1000).dropFirst()
        return "\(self < 0 ? "-" : "")\(thousandths / 1000).\(decimals)"
    }
}

extension Double? {
    /// The number with three decimals; empty for nil.
    var rounded3: String { self?.rounded3 ?? "" }
}

extension String {
    /// The text with its control characters escaped, so that a name from a file can neither end a line nor
    /// send commands to a terminal.
    var escapingControls: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return self
        }
        return unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control
                ? scalar.escaped(asASCII: true) : String(Character(scalar))
        }.joined()
    }
}

/// The server's warnings, a line for each.
func text(ofWarnings warnings: [ServerWarning]) -> String {
    warnings.map { "\n\($0.level): \($0.message.escapingControls)" }.joined()
}

/// A table as text: a header, and right-aligned columns.
struct Table: CustomStringConvertible {
    private let rows: [[String]]

    /// - Parameter rows: rows with one cell for each column of the header.
    init(_ header: [String], _ rows: some Sequence<[String]>) {
        self.rows = ([header] + rows).map { $0.map(\.escapingControls) }
    }

    /// Lines, without a line feed after the last.
    var description: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
