/// A line through the values of rows as the commands of an SVG path.
///
/// Many rows share a place on the screen. Of those the smallest and the largest value are drawn, in their
/// order, so that no peak gets lost and the path has about as many points as a screen has columns.
enum Trace {
    /// The number of places.
    static let columns = 600
    /// The width and height of the drawing, in its units.
    static let (width, height) = (1200, 1000)

    /// Returns the commands; a NaN interrupts the line.
    /// - Parameter values: one for each row.
    static func path(_ values: [Double], _ axis: Axis) -> String {
        var path = ""
        var isDrawing = false
        func add(_ row: Int) {
            let x = Int(((Double(row) + 0.5) / Double(values.count) * Double(width)).rounded())
            let y = Int(((1 - axis.position(values[row])) * Double(height)).rounded())
            path += "\(isDrawing ? "L" : "M")\(x) \(y)"
            isDrawing = true
        }
        for rows in buckets(of: values.count, columns) {
            let finite = rows.filter { values[$0].isFinite }
            guard let first = finite.first else {
                isDrawing = false
                continue
            }
            if rows.count < 3 {
                for row in rows {
                    if values[row].isFinite { add(row) } else { isDrawing = false }
                }
                continue
            }
            var (low, high) = (first, first)
            for row in finite {
                if values[row] < values[low] { low = row }
                if values[row] > values[high] { high = row }
            }
            add(min(low, high))
            if low != high { add(max(low, high)) }
        }
        return path
    }

    /// Divides rows into at most `count` ranges of about the same length.
    static func buckets(of rows: Int, _ count: Int) -> [Range<Int>] {
        let count = min(rows, count)
        return (0..<count).map { ($0 * rows / count)..<(($0 + 1) * rows / count) }
    }
}
