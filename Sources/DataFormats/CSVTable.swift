import TimeSeries

/// A table of numbers from a CSV document (RFC 4180).
///
///     let table = try CSVTable(csv: bytes, CSVColumns(ignored: ["note"]))
///     table.features         // ["Pressure", "Voltage"]
///     table.series           // [rows][2]
///     table.timestamps       // the texts of the first column, if its name is "time"
///
/// The first row has the names of the columns. The separator is detected in it: comma, semicolon or tab. An
/// empty cell, `NaN`, `NA` or `null` (in any case) is a missing value, which is NaN in the series. Any other
/// cell of a feature must be a number that is finite as float32.
public struct CSVTable: Sendable, Equatable {
    /// The location of a cell in a document.
    public struct Location: Sendable, Equatable {
        /// The line, counted from 1.
        public let line: Int
        /// The name of the column.
        public let column: String
    }

    /// The names of the features, `[F]`.
    public let features: [String]
    /// The features, `[rows][F]`. A missing value is NaN.
    public let series: Series<Float>
    /// The texts of the timestamp column, `[rows]`; nil without such a column.
    public let timestamps: [String]?
    /// The rows of each recording; one recording of all rows without a recording column.
    public let recordings: [Range<Int>]
    /// The flag columns by name, each `[rows]` of 0 and 1.
    public let flags: [String: [Float]]
    /// The location of the first missing value of a feature; nil if there is none.
    public let firstMissing: Location?

    /// Reads a document.
    /// - Parameters:
    ///   - csv: UTF-8, with or without a byte order mark. Lines end with LF or CRLF.
    ///   - columns: the roles of the columns.
    /// - Throws: ``CSVError`` for a document without rows, for rows of different lengths, for unbalanced
    ///   quotes, for roles that do not fit the header, and for a cell that does not fit its role.
    public init(csv: [UInt8], _ columns: CSVColumns = CSVColumns()) throws(CSVError) {
        var scanner = try CSVScanner(csv)
        let header = try scanner.header()
        let firstLine = scanner.rowLine
        guard try scanner.nextRow(cells: header.count) else {
            throw CSVError(line: firstLine, detail: "there is a header row, but no row of numbers")
        }
        let indices = try CSVColumnIndices(
            columns, header: header, firstColumnIsText: scanner.number(scanner.cells[0]) == nil)

        var values: [Float] = []
        var timestamps: [String] = []
        var flags = indices.flags.map { _ in [Float]() }
        var recording = ""
        var starts: [Int] = []
        var firstMissing: Location?
        // An estimate, which assumes that all rows are as long as the first.
        let expectedRows = csv.count / max(1, scanner.position - scanner.cells[0].start) + 1
        values.reserveCapacity(expectedRows * indices.features.count)

        var row = 0
        repeat {
            for column in indices.features {
                guard let number = scanner.number(scanner.cells[column]), !number.isInfinite else {
                    throw scanner.numberError(scanner.cells[column], column: header[column])
                }
                if number.isNaN, firstMissing == nil {
                    firstMissing = Location(line: scanner.rowLine, column: header[column])
                }
                values.append(number)
            }
            for (index, column) in indices.flags.enumerated() {
                guard let number = scanner.number(scanner.cells[column]), number == 0 || number == 1 else {
                    throw scanner.flagError(scanner.cells[column], column: header[column])
                }
                flags[index].append(number)
            }
            if let column = indices.timestamp {
                timestamps.append(scanner.text(scanner.cells[column]))
            }
            if let column = indices.recording {
                let text = scanner.text(scanner.cells[column])
                if row == 0 || text != recording { starts.append(row) }
                recording = text
            }
            row += 1
        } while try scanner.nextRow(cells: header.count)

        features = indices.features.map { header[$0] }
        series = Series(unchecked: values, features: features.count)
        self.timestamps = indices.timestamp == nil ? nil : timestamps
        recordings = starts.isEmpty ? [0..<row] : zip(starts, starts.dropFirst() + [row]).map { $0..<$1 }
        self.flags = Dictionary(
            uniqueKeysWithValues: zip(indices.flags.map { header[$0] }, flags))
        self.firstMissing = firstMissing
    }
}
