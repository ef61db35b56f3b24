/// A table of numbers read from CSV (RFC 4180), such as a recording to train on.
///
///     let table = try CSVTable(csv: bytes, ignoring: ["anomaly"])
///     table.columns          // ["Pressure", "Voltage"]
///     table.series           // [rows][2]
///     table.leadingColumn    // the timestamps that stood before them
///
/// The first row names the columns and, by what stands between the names, says whether commas, semicolons
/// or tabs separate them. A first column of text is set aside. An empty cell, `NaN`, `NA` or `null` (in any
/// case) is a missing value, which is NaN in the series. Everything else must be a finite number.
public struct CSVTable: Sendable, Equatable {
    /// A first column that holds no numbers, such as timestamps.
    public struct LeadingColumn: Sendable, Equatable {
        /// What the header calls it.
        public let name: String
        /// One text for each row.
        public let values: [String]
    }

    /// The names of the series' features, `[F]`.
    public let columns: [String]
    /// `[rows][F]`.
    public let series: Series
    /// The first column, if it is text in the first row and neither selected nor ignored.
    public let leadingColumn: LeadingColumn?

    /// Reads a document.
    /// - Parameters:
    ///   - csv: UTF-8, with or without a byte order mark; lines end with LF or CRLF.
    ///   - columns: The columns to take, in this order; nil takes all. The others may hold anything.
    ///   - ignored: Columns to leave out.
    /// - Throws: ``DataError/csv(line:detail:)``; lines count from 1, a row counts as the line that it
    ///   begins on.
    public init(csv: [UInt8], columns: [String]? = nil, ignoring ignored: Set<String> = []) throws(DataError)
    {
        var scanner = try CSVScanner(csv)
        let header = try scanner.header()
        let firstLine = scanner.rowLine
        guard try scanner.nextRow(cells: header.count) else {
            throw .csv(line: firstLine, detail: "there is a header row, but no row of numbers")
        }
        let selection = try CSVSelection(
            header: header, columns: columns, ignored: ignored,
            firstColumnIsText: scanner.number(scanner.cells[0]) == nil)

        var values: [Float] = []
        var labels: [String] = []
        // As if all rows were as long as the first.
        let expected = csv.count / max(1, scanner.position - scanner.cells[0].start) + 1
        values.reserveCapacity(expected * selection.positions.count)
        if selection.leading != nil { labels.reserveCapacity(expected) }

        repeat {
            for position in selection.positions {
                guard let number = scanner.number(scanner.cells[position]), !number.isInfinite else {
                    throw scanner.notANumber(scanner.cells[position], column: header[position])
                }
                values.append(number)
            }
            if let leading = selection.leading { labels.append(scanner.text(scanner.cells[leading])) }
        } while try scanner.nextRow(cells: header.count)

        self.columns = selection.positions.map { header[$0] }
        series = try Series(values: values, features: selection.positions.count)
        leadingColumn = selection.leading.map { LeadingColumn(name: header[$0], values: labels) }
    }
}

/// Which columns of a document are the series.
private struct CSVSelection {
    /// Positions of the features in a row, in the order of the series.
    let positions: [Int]
    /// Position of the column that is set aside.
    let leading: Int?

    /// - Throws: ``DataError/csv(line:detail:)`` for a name that the header does not have, and when nothing
    ///   is left.
    init(
        header: [String], columns: [String]?, ignored: Set<String>, firstColumnIsText: Bool
    ) throws(DataError) {
        let known = "the columns are " + header.map(CSVScanner.quoted).joined(separator: ", ")
        for name in (columns ?? []) + ignored.sorted() where !header.contains(name) {
            throw .csv(line: 1, detail: "there is no column \(CSVScanner.quoted(name)); \(known)")
        }
        if let columns, Set(columns).count < columns.count {
            throw .csv(line: 1, detail: "a column is selected twice; each can be a feature once")
        }
        let wanted =
            columns.map { names in names.compactMap { header.firstIndex(of: $0) } } ?? Array(header.indices)
        let isLeading = firstColumnIsText && columns?.contains(header[0]) != true
        positions = wanted.filter { !ignored.contains(header[$0]) && !(isLeading && $0 == 0) }
        leading = isLeading && !ignored.contains(header[0]) ? 0 : nil
        guard !positions.isEmpty else {
            throw .csv(line: 1, detail: "no column of numbers is left; \(known)")
        }
    }
}
