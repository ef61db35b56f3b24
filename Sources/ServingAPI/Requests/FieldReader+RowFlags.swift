import JSON

extension FieldReader {
    /// The valid values of a member that flags rows.
    static let rowFlagsRule = "0 or 1 for each row, or ranges [[first, last], …] of rows"

    /// Reads flags of rows, such as `labels`: 0 or 1 for each row, or the first and the last row of each
    /// range.
    /// - Parameter rows: the number of rows.
    /// - Returns: a flag for each row; nil if the member is missing.
    mutating func rowFlags(_ name: String, rows: Int) throws(JSONError) -> [Bool]? {
        guard let tensor = try tensor(name, rank: 1...2) else { return nil }
        guard tensor.missing.isEmpty else {
            throw error(name, "contains a null; it must be \(Self.rowFlagsRule)")
        }
        if tensor.shape.count == 2 { return try ranges(name, tensor, rows: rows) }
        guard tensor.values.count == rows else {
            throw error(
                name, "has \(tensor.values.count) values for \(rows) rows; it must be \(Self.rowFlagsRule)"
            )
        }
        if let other = tensor.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw error(name, other, "is \(tensor.values[other]); it must be 0 or 1")
        }
        return tensor.values.map { $0 == 1 }
    }

    private func ranges(_ name: String, _ tensor: Tensor, rows: Int) throws(JSONError) -> [Bool] {
        var flags = [Bool](repeating: false, count: rows)
        for index in 0..<tensor.shape[0] {
            let range = tensor.values[(index * tensor.shape[1])..<((index + 1) * tensor.shape[1])].map {
                Int(exactly: $0)
            }
            guard range.count == 2, let first = range[0], let last = range[1], first >= 0,
                first <= last, last < rows
            else {
                throw error(
                    name, index,
                    "must be the first and the last row of a range within the rows 0 to \(rows - 1)")
            }
            for row in first...last { flags[row] = true }
        }
        return flags
    }
}
