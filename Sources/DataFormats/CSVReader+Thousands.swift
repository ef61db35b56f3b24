/// Numbers whose mark is a decimal mark, or stands between thousands: `1.000`, `1.007` and `998` are 1 to
/// 998, or 998 to 1007.
extension CSVReader {
    /// Checks that the points in columns, where no number has another mark, are certainly decimal points.
    /// - Throws: ``TableError`` for a column whose points can stand between thousands.
    func checkPoints(_ columns: [Int]) throws(TableError) {
        guard scan.looksForPoints || mayHaveThousands(columns) else { return }
        let marks = scan.looksForPoints ? scan : try pass(.numbers, columns, looksForPoints: true)
        // One number that certainly has a decimal point shows what the points in all columns are.
        guard columns.allSatisfy({ marks.profiles[$0].pointsMayGroup }) else { return }
        // Commas and tabs stand between cells where the point is the usual decimal mark.
        let hasUsualPoints =
            roles.columns.count > 1 && [UInt8(ascii: ","), UInt8(ascii: "\t")].contains(layout.delimiter)
        for column in columns {
            let profile = marks.profiles[column]
            guard let place = profile.firstPoint, profile.points >= (hasUsualPoints ? 3 : 2) else { continue }
            try checkThousands(column, place, profile)
        }
    }

    /// Checks a column whose marks all have one to three digits before and three behind them.
    /// - Throws: ``TableError`` if it has a number of three digits without a mark, and none of more digits: a
    ///   number of thousands would have a mark, and a decimal number of three digits would have one, too.
    func checkThousands(
        _ column: Int, _ place: ColumnScan.Place, _ profile: ColumnScan.Profile
    ) throws(TableError) {
        guard let whole = profile.firstHundreds, !profile.hasUnmarkedThousands else { return }
        let parts = place.text.split { $0 == "." || $0 == "," }
        throw error(
            column, place,
            "which can be \(parts.joined()) or \(parts.joined(separator: ".")), because "
                + "\(TableError.quoted(whole.text)) in line \(whole.line) has no mark; write numbers without "
                + "separators between thousands, or all numbers of the column with the same number of "
                + "decimals, \(whole.text).000")
    }

    /// Whether the values, and the cells of some rows, allow points between thousands. Almost every document
    /// has a number in one of its first rows that does not.
    private func mayHaveThousands(_ columns: [Int]) -> Bool {
        var hasPoint = [Bool](repeating: false, count: roles.columns.count)
        let suspects = suspects(columns, &hasPoint)
        guard !suspects.isEmpty else { return false }
        var hasHundreds = [Bool](repeating: false, count: roles.columns.count)
        let (firstRows, maxRows) = (200, 400)
        var (scanner, rows) = (start, 0)
        for row in 0..<scan.rows {
            let isSuspect = row < firstRows || suspects.contains { isHundreds(value(row, $0)) }
            guard isSuspect else { continue }
            rows += 1
            while scanner.line < scan.lines[row] { scanner.skipLine() }
            guard rows <= maxRows, let cells = try? scanner.row() else { return false }
            for column in suspects {
                let text = NumberText(bytes: scanner.bytes(cells[column]))
                if text.hasPoint {
                    guard text.isPossiblyGroupedByPoints else { return false }
                    hasPoint[column] = true
                } else if isHundreds(value(row, column)) {
                    hasHundreds[column] = true
                }
                if hasPoint[column], hasHundreds[column] { return true }
            }
        }
        return false
    }

    /// Returns the columns whose values can be numbers below a million that have points between thousands:
    /// none if any value certainly has a decimal point.
    /// - Parameter hasPoint: set for the columns with a value that is not whole.
    private func suspects(_ columns: [Int], _ hasPoint: inout [Bool]) -> [Int] {
        let count = roles.columns.count
        var suspects = columns
        var hasHundreds = [Bool](repeating: false, count: count)
        for start in stride(from: 0, to: values.count, by: count) {
            var index = 0
            while index < suspects.count {
                let column = suspects[index]
                let size = values[start + column].magnitude
                if size >= 1000, size.rounded() == size {
                    suspects.remove(at: index)
                    continue
                }
                index += 1
                if size.isNaN { continue }
                if size.rounded() != size {
                    let thousandths = size * 1000
                    guard (1..<1000).contains(size), abs(thousandths - thousandths.rounded()) < 1e-8 else {
                        return []
                    }
                    hasPoint[column] = true
                } else if isHundreds(size) {
                    hasHundreds[column] = true
                }
            }
            if suspects.isEmpty { return [] }
        }
        return suspects.filter { hasHundreds[$0] }
    }

    private func value(_ row: Int, _ column: Int) -> Double { values[row * roles.columns.count + column] }

    private func isHundreds(_ value: Double) -> Bool {
        (100..<1000).contains(value.magnitude) && value.rounded() == value
    }
}
