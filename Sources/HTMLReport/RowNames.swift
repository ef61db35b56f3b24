/// The names of rows: timestamps, or numbers.
struct RowNames {
    private let timestamps: [String]?
    /// The number of characters that all timestamps have in common, up to the end of a date: `2026-01-31 `.
    private let commonCount: Int

    init(_ timestamps: [String]?) {
        self.timestamps = timestamps
        // Recordings may have other dates between the first and the last row.
        guard let timestamps, let first = timestamps.first,
            let end = first.firstIndex(where: { $0 == " " || $0 == "T" }),
            timestamps.allSatisfy({ $0.hasPrefix(first[...end]) })
        else {
            commonCount = 0
            return
        }
        commonCount = first.distance(from: first.startIndex, to: end) + 1
    }

    /// The date that all rows have; nil if there are several, or none.
    var commonDate: String? {
        commonCount > 0 ? timestamps?.first.map { String($0.prefix(commonCount - 1)) } : nil
    }

    /// The whole name of a row.
    subscript(row: Int) -> String { timestamps?[row] ?? "row \(row.grouped)" }

    /// The name without the date that all rows have.
    func short(_ row: Int) -> String {
        timestamps.map { String($0[row].dropFirst(commonCount)) } ?? "row \(row.grouped)"
    }

    /// The names of the first and the last row, without the date that all rows have.
    func span(_ rows: ClosedRange<Int>) -> String {
        guard rows.count > 1 else { return short(rows.lowerBound) }
        return timestamps == nil
            ? "rows \(rows.lowerBound.grouped) to \(rows.upperBound.grouped)"
            : "\(short(rows.lowerBound)) to \(short(rows.upperBound))"
    }

    /// The names of ticks at rows: dates alone if they differ.
    func ticks(_ rows: [Int]) -> [String] {
        guard let timestamps, commonCount == 0 else { return rows.map { short($0) } }
        let dates = rows.map { timestamps[$0].prefix { $0 != " " && $0 != "T" } }
        return Set(dates).count == dates.count ? dates.map(String.init) : rows.map { timestamps[$0] }
    }
}
