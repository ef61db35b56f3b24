/// The line of a document in which each row of its table starts. Consecutive rows on consecutive lines take
/// no memory.
public struct RowLines: Sendable, Equatable {
    /// The rows whose line does not follow that of the row before, with their lines.
    private var jumps: [(row: Int, line: Int)] = []
    private var rows = 0

    init() {}

    /// Appends the line of the next row.
    mutating func append(_ line: Int) {
        if jumps.last.map({ $0.line + rows - $0.row != line }) ?? true { jumps.append((rows, line)) }
        rows += 1
    }

    /// Removes the last rows.
    mutating func removeLast(_ count: Int) {
        rows -= count
        while let last = jumps.last, last.row >= rows { jumps.removeLast() }
    }

    /// Returns the line of a row, counted from 1.
    /// - Parameter row: a row of the table, counted from 0.
    public subscript(row: Int) -> Int {
        precondition(row >= 0 && row < rows)
        // The last jump at or before the row.
        var (low, high) = (0, jumps.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if jumps[middle].row <= row { low = middle } else { high = middle }
        }
        return jumps[low].line + row - jumps[low].row
    }

    /// Whether two documents have the same rows on the same lines.
    public static func == (left: RowLines, right: RowLines) -> Bool {
        left.rows == right.rows && left.jumps.elementsEqual(right.jumps, by: ==)
    }
}
