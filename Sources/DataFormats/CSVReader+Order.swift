import TimeSeries

/// What an index that is not used says about the rows.
extension CSVReader {
    /// Warns of rows that are missing or not in order, as an index shows it. Only without timestamps, which
    /// decide otherwise.
    mutating func warnAboutOrder(_ recordings: [Range<Int>]) {
        let indices = roles.columns.indices.filter {
            // A column that the request ignores is skipped.
            roles.columns[$0].role == .ignored && roles.columns[$0].isNamedLikeIndex && roles.hasNames
                && scan.modes[$0] == .numbers && scan.profiles[$0][.number] == scan.rows
        }
        for column in indices {
            guard let warning = orderWarning(column, recordings) else { continue }
            warnings.append(warning)
            // Other indices say the same.
            return
        }
    }

    private func orderWarning(_ column: Int, _ recordings: [Range<Int>]) -> Warning? {
        let count = roles.columns.count
        let index = (0..<scan.rows).map { values[$0 * count + column] }
        guard index.allSatisfy({ $0.rounded() == $0 }), !isRestarting(index, repeats: true) else {
            return nil
        }
        let rows = recordings.flatMap { $0.dropFirst() }
        let falls = rows.filter { index[$0] <= index[$0 - 1] }
        let name = TableError.quoted(roles.columns[column].name)
        let remedy =
            "; if the rows are right as they are, leave it out with "
            + "ignore=\(TableError.escaped(roles.columns[column].name))."
        func place(_ row: Int) -> String {
            "from \(Int64(index[row - 1])) to \(Int64(index[row])) in line \(scan.lines[row])"
        }
        if let first = falls.first {
            // Equal numbers are no index.
            guard recordings.allSatisfy({ Set(index[$0]).count == $0.count }) else { return nil }
            return Warning(
                .unordered, .error,
                "The rows are not in the order of the index \(name), which "
                    + (falls.count == rows.count
                        ? "falls, \(place(first)): the newest row seems to be the first"
                        : "first falls \(place(first)): they seem to be shuffled")
                    + ". Windows of such rows are no sequences in time. Sort the rows by the index before "
                    + "sending them (in pandas, df.sort_index())" + remedy,
                columns: [roles.columns[column].name], rows: RowOrigins.same.ranges(of: falls))
        }
        let steps = Dictionary(grouping: rows) { index[$0] - index[$0 - 1] }
        guard let usual = steps.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) })?.key else {
            return nil
        }
        let jumps = rows.filter { index[$0] - index[$0 - 1] > usual }
        guard let first = jumps.first else { return nil }
        return Warning(
            .gaps, .warning,
            "The index \(name) jumps \(jumps.count == 1 ? "once," : "\(jumps.count) times, first") "
                + "\(place(first)): rows seem to be missing after the rows listed, and windows span these "
                + "places. Send timestamps, or name a column that changes there with recording" + remedy,
            columns: [roles.columns[column].name], rows: RowOrigins.same.ranges(of: jumps.map { $0 - 1 }))
    }
}
