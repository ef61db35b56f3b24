import TimeSeries

extension Table {
    /// Reads a CSV document (RFC 4180) as it comes from historians, data frames and spreadsheets.
    ///
    ///     let table = try Table(csv: bytes, TableOptions(ignored: ["note"]))
    ///     table.features         // ["Pressure", "Voltage"]
    ///     table.values           // [rows][2]
    ///     table.columns          // all columns, with their roles and the reasons for them
    ///
    /// The separator, the decimal mark, the header, timestamps and an index are found in the document. What
    /// is not certain is an error that says what would be right.
    /// - Throws: ``TableError`` with the line for what cannot be read.
    public init(csv bytes: [UInt8], _ options: TableOptions = TableOptions()) throws(TableError) {
        try FileSignature.checkText(bytes)
        let text = try TextEncoding.decoded(bytes, charset: options.charset)
        self = try text.withUnsafeBufferPointer { (text) throws(TableError) in
            var reader = try CSVReader(Self.withoutEndOfFile(text), options)
            return try reader.table()
        }
    }

    /// Returns a document without the control character at its end that marks the end of files in MS-DOS.
    private static func withoutEndOfFile(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = text.count
        while end > 0, [0x0A, 0x0D, 0x1A].contains(text[end - 1]) { end -= 1 }
        guard text[end...].contains(0x1A) else { return text }
        return UnsafeBufferPointer(rebasing: text[..<end])
    }
}

/// Reads a CSV document: finds its layout, passes over the rows, and gives each column a role by its name and
/// all of its cells.
struct CSVReader {
    let layout: TableLayout
    var roles: ColumnRoles
    var scan: ColumnScan
    /// `[rows][columns]`.
    var values: [Double]
    var style = NumberStyle.plain
    var warnings: [Warning]
    /// The first row of data.
    let start: RowScanner

    init(_ text: UnsafeBufferPointer<UInt8>, _ options: TableOptions) throws(TableError) {
        layout = try TableLayout(text, hasHeader: options.hasHeader)
        warnings = layout.warnings
        roles = try ColumnRoles(layout, options)
        start = RowScanner(text, delimiter: layout.delimiter, position: layout.start, line: layout.line)
        let modes = roles.columns.map { (column) -> ColumnScan.Mode in
            switch column.role {
            case .feature: .numbers
            case nil: column.timestampName == nil ? .numbers : .texts
            case .timestamp, .label, .recording: .texts
            // The index of a model's data still says whether rows are in order.
            case .ignored:
                column.isNamedLikeIndex && !options.ignored.contains(column.name) ? .numbers : .skip
            }
        }
        // A row without any cell cannot have a timestamp. Without timestamps, its place counts.
        let hasTimestamps = roles.index(of: .timestamp) != nil || !roles.timestampCandidates.isEmpty
        // If numbers have marks, the first pass only looks at them, because it cannot know what they mean.
        scan = try ColumnScan(
            start, modes: modes, looksForPoints: layout.hasMarkedNumbers, omitsEmptyRows: hasTimestamps,
            keepsValues: !layout.hasMarkedNumbers)
        guard scan.rows > 0 else {
            throw TableError(
                "there is a header row, but no row of numbers below it", line: layout.headerLine)
        }
        values = scan.takeValues()
    }

    /// Returns the table.
    mutating func table() throws(TableError) -> Table {
        if let omitted = scan.omitted {
            warnings.append(
                Warning(
                    .blankRows, .info,
                    omitted.count == 1
                        ? "The blank row in line \(omitted.line) was left out."
                        : "\(omitted.count) blank rows were left out, the first in line \(omitted.line)."))
        }
        let recordings = readRecordings()
        style = try numberStyle()
        if style != .plain || layout.hasMarkedNumbers { try rescan() }
        let timestamps = try readTimestamps(recordings)
        try findRoles()
        var flags: [String: [Bool]] = [:]
        for (option, column) in roles.labels { flags[option] = try readFlags(column) }
        let late = try readLateTimestamps(timestamps, recordings)
        if timestamps == nil, late == nil { warnAboutOrder(recordings) }
        try checkFeatures()
        let features = try roles.features()
        warnAboutClampedValues(features)
        try warnAboutRoundedIntegers(features)
        keepColumns(features)
        return Table(
            columns: roles.columns.map {
                TableColumn(name: $0.name, role: $0.role ?? .ignored, reason: $0.reason)
            },
            features: roles.hasNames ? features.map { roles.columns[$0].name } : nil,
            featureCount: features.count, values: values, timestamps: late ?? timestamps,
            recordings: recordings, recordingNames: recordingNames(recordings), flags: flags,
            lines: scan.lines, warnings: warnings)
    }

    /// Passes over the rows again.
    func pass(
        _ mode: ColumnScan.Mode, _ columns: [Int], style: NumberStyle = .plain, looksForPoints: Bool = false,
        keepsValues: Bool = false
    ) throws(TableError) -> ColumnScan {
        var modes = scan.modes.map { _ in ColumnScan.Mode.skip }
        for column in columns { modes[column] = mode }
        // The number of rows must be that of the first pass.
        return try ColumnScan(
            start, modes: modes, style: style, looksForPoints: looksForPoints,
            omitsEmptyRows: scan.omitsEmptyRows, keepsValues: keepsValues)
    }

    /// Leaves the features in `values`, in this order.
    private mutating func keepColumns(_ features: [Int]) {
        let columns = roles.columns.count
        guard features != Array(0..<columns) else { return }
        let isRising = zip(features, features.dropFirst()).allSatisfy(<)
        let count = features.count
        let rows = scan.rows
        // Rows move towards the front, so that none is overwritten before it is read.
        values.withUnsafeMutableBufferPointer { values in
            var row = [Double](repeating: 0, count: count)
            for index in 0..<rows {
                if isRising {
                    for (target, feature) in features.enumerated() {
                        values[index * count + target] = values[index * columns + feature]
                    }
                } else {
                    for (target, feature) in features.enumerated() {
                        row[target] = values[index * columns + feature]
                    }
                    for target in 0..<count { values[index * count + target] = row[target] }
                }
            }
        }
        values.removeLast(values.count - rows * count)
    }

    private func readRecordings() -> [Range<Int>] {
        guard let column = roles.index(of: .recording) else { return [0..<scan.rows] }
        let texts = scan.texts[column]
        var starts = [0]
        for row in 1..<max(1, scan.rows) where texts[row] != texts[row - 1] { starts.append(row) }
        return zip(starts, starts.dropFirst() + [scan.rows]).map { $0..<$1 }
    }

    private func recordingNames(_ recordings: [Range<Int>]) -> [String]? {
        roles.index(of: .recording).map { column in recordings.map { scan.texts[column][$0.lowerBound] } }
    }

    /// Reads a label column.
    private func readFlags(_ column: Int) throws(TableError) -> [Bool] {
        var flags: [Bool] = []
        flags.reserveCapacity(scan.rows)
        for row in 0..<scan.rows {
            let flag = scan.texts[column].withBytes(row) { (bytes) -> Bool? in
                let text = NumberText(bytes: bytes)
                return text.boolean ?? text.plainNumber.flatMap { $0 == 0 ? false : $0 == 1 ? true : nil }
            }
            guard let flag else {
                let (name, text) = (roles.columns[column].name, scan.texts[column][row])
                throw TableError(
                    "column \(TableError.quoted(name)) has the value \(TableError.quoted(text)); a label "
                        + "must be 0 or 1, true or false, or yes or no", line: scan.lines[row], row: row,
                    column: name, cell: text)
            }
            flags.append(flag)
        }
        return flags
    }
}
