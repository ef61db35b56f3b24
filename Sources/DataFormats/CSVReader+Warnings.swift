import TimeSeries

/// Values of features that are not those that the document has.
extension CSVReader {
    /// Warns of numbers beyond the range of doubles.
    mutating func warnAboutClampedValues(_ features: [Int]) {
        for column in features {
            let rows = scan.profiles[column].clampedRows
            guard !rows.isEmpty else { continue }
            let name = roles.columns[column].name
            warnings.append(
                Warning(
                    .clampedValues, .warning,
                    "\(rows.count == 1 ? "A value" : "\(rows.count) values") of column "
                        + "\(TableError.quoted(name)) beyond the range of doubles "
                        + "\(rows.count == 1 ? "was" : "were") read as "
                        + "±\(Double.greatestFiniteMagnitude).",
                    columns: [name], rows: rows.prefix(Self.maxRows).map { $0..<($0 + 1) }))
        }
    }

    /// Warns of whole numbers with more digits than a double has.
    mutating func warnAboutRoundedIntegers(_ features: [Int]) throws(TableError) {
        let (columns, limit) = (roles.columns.count, 0x1p53)
        guard values.contains(where: { $0.magnitude >= limit }) else { return }
        let large = features.filter { feature in
            stride(from: feature, to: values.count, by: columns).contains { values[$0].magnitude >= limit }
        }
        let texts = try pass(.texts, large).texts
        let rounded = large.map { column in
            (0..<scan.rows).filter { row in
                values[row * columns + column].magnitude >= limit
                    && texts[column].withBytes(row) { NumberText(bytes: $0).isRoundedInteger(style) }
            }
        }
        let count = rounded.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        warnings.append(
            .roundedIntegers(
                count,
                columns: zip(large, rounded).filter { !$1.isEmpty }.map { roles.columns[$0.0].name },
                rows: Set(rounded.joined()).sorted().prefix(Self.maxRows).map { $0..<($0 + 1) }))
    }

    /// The maximum number of rows that a warning lists.
    private static let maxRows = 20
}
