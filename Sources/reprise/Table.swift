import Glibc

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
    /// Five significant digits, for people; the JSON has them all.
    var rounded5: String {
        let number = Double(self)
        guard number.isFinite, number != 0 else { return "\(number)" }
        let unit = pow(10, 4 - floor(log10(abs(number))))
        let rounded = (number * unit).rounded() / unit
        return "\(rounded.isFinite ? rounded : number)"
    }
}

/// A table for people: a header, and columns of numbers that stand to the right.
struct Table: CustomStringConvertible {
    private let rows: [[String]]

    /// - Parameter rows: as many cells each as the header has.
    init(_ header: [String], _ rows: some Sequence<[String]>) { self.rows = [header] + rows }

    /// Lines without a line feed after the last.
    var description: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
