import JSON

extension FieldReader {
    /// What a member that flags rows must be.
    static let rowFlagsRule = "0 or 1 for each row, or stretches [[first, last], …] of rows"

    /// Flags of rows, such as `labels`: 0 or 1 for each row, or the first and the last row of each stretch.
    /// - Parameter rows: how many there are.
    mutating func rowFlags(_ name: String, rows: Int) throws(JSONError) -> [Bool]? {
        guard let tensor = try tensor(name, rank: 1...2) else { return nil }
        guard tensor.missing.isEmpty else {
            throw error(name, "have a null in them; they must be \(Self.rowFlagsRule)")
        }
        if tensor.shape.count == 2 { return try stretches(name, tensor, rows: rows) }
        guard tensor.values.count == rows else {
            throw error(
                name, "are \(tensor.values.count) for \(rows) rows; they must be \(Self.rowFlagsRule)")
        }
        if let other = tensor.values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw error(name, other, "is \(tensor.values[other]); it must be 0 or 1")
        }
        return tensor.values.map { $0 == 1 }
    }

    private func stretches(_ name: String, _ tensor: Tensor, rows: Int) throws(JSONError) -> [Bool] {
        // Numbers are read as float32, which has no odd ones beyond.
        guard rows <= 1 << 24 else {
            throw error(name, "must be 0 or 1 for each row where there are more than \(1 << 24)")
        }
        var flags = [Bool](repeating: false, count: rows)
        for index in 0..<tensor.shape[0] {
            let stretch = tensor.values[(index * tensor.shape[1])..<((index + 1) * tensor.shape[1])].map {
                Int(exactly: $0)
            }
            guard stretch.count == 2, let first = stretch[0], let last = stretch[1], first >= 0,
                first <= last, last < rows
            else {
                throw error(name, index, "must be the first and the last of the rows 0 to \(rows - 1)")
            }
            for row in first...last { flags[row] = true }
        }
        return flags
    }
}
