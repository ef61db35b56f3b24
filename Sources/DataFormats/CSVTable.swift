import TimeSeries

/// A table of numbers read from CSV (RFC 4180), such as a recording to train on.
///
///     let table = try CSVTable(csv: bytes, CSVColumns(ignored: ["note"]))
///     table.features         // ["Pressure", "Voltage"]
///     table.series           // [rows][2]
///     table.timestamps       // what stood in the first column, if that was called "time"
///
/// The first row names the columns and, by what stands between the names, says whether commas, semicolons
/// or tabs separate them. An empty cell, `NaN`, `NA` or `null` (in any case) is a missing value, which is NaN in the
/// series. Everything else in a column of a feature must be a finite number.
public struct CSVTable: Sendable, Equatable {
    /// A place in a document.
    public struct Place: Sendable, Equatable {
        /// Counted from 1.
        public let line: Int
        /// The column's name.
        public let column: String
    }

    /// The names of the series' features, `[F]`.
    public let features: [String]
    /// `[rows][F]`.
    public let series: Series
    /// What the column of timestamps holds, a text for each row; nil without one.
    public let timestamps: [String]?
    /// The rows of each recording; all rows are one without a column that tells them apart.
    public let recordings: [Range<Int>]
    /// The columns of 0 and 1 that were asked for, by their names, a number for each row.
    public let flags: [String: [Float]]
    /// The first missing value of a feature.
    public let firstMissing: Place?

    /// Reads a document.
    /// - Parameters:
    ///   - csv: UTF-8, with or without a byte order mark; lines end with LF or CRLF.
    ///   - columns: What its columns are for.
    /// - Throws: ``CSVError``; lines count from 1, a row counts as the line that it
    ///   begins on.
    public init(csv: [UInt8], _ columns: CSVColumns = CSVColumns()) throws(CSVError) {
        var scanner = try CSVScanner(csv)
        let header = try scanner.header()
        let firstLine = scanner.rowLine
        guard try scanner.nextRow(cells: header.count) else {
            throw CSVError(line: firstLine, detail: "there is a header row, but no row of numbers")
        }
        let positions = try CSVPositions(
            columns, header: header, firstColumnIsText: scanner.number(scanner.cells[0]) == nil)

        var values: [Float] = []
        var timestamps: [String] = []
        var flags = positions.flags.map { _ in [Float]() }
        var recording = ""
        var starts: [Int] = []
        var firstMissing: Place?
        // As if all rows were as long as the first.
        let expected = csv.count / max(1, scanner.position - scanner.cells[0].start) + 1
        values.reserveCapacity(expected * positions.features.count)

        var row = 0
        repeat {
            for position in positions.features {
                guard let number = scanner.number(scanner.cells[position]), !number.isInfinite else {
                    throw scanner.notANumber(scanner.cells[position], column: header[position])
                }
                if number.isNaN, firstMissing == nil {
                    firstMissing = Place(line: scanner.rowLine, column: header[position])
                }
                values.append(number)
            }
            for (index, position) in positions.flags.enumerated() {
                guard let number = scanner.number(scanner.cells[position]), number == 0 || number == 1 else {
                    throw scanner.notAFlag(scanner.cells[position], column: header[position])
                }
                flags[index].append(number)
            }
            if let position = positions.timestamp {
                timestamps.append(scanner.text(scanner.cells[position]))
            }
            if let position = positions.recording {
                let text = scanner.text(scanner.cells[position])
                if row == 0 || text != recording { starts.append(row) }
                recording = text
            }
            row += 1
        } while try scanner.nextRow(cells: header.count)

        features = positions.features.map { header[$0] }
        series = Series(whole: values, features: features.count)
        self.timestamps = positions.timestamp == nil ? nil : timestamps
        recordings = starts.isEmpty ? [0..<row] : zip(starts, starts.dropFirst() + [row]).map { $0..<$1 }
        self.flags = Dictionary(
            uniqueKeysWithValues: zip(positions.flags.map { header[$0] }, flags))
        self.firstMissing = firstMissing
    }
}
