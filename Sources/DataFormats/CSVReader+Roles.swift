import TimeSeries

/// The roles that no option gives: found by the name and by all cells of a column.
extension CSVReader {
    // MARK: Timestamps

    /// Finds and reads the timestamps: the column that an option or the model names, or the columns that are
    /// named like timestamps.
    mutating func readTimestamps(_ recordings: [Range<Int>]) throws(TableError) -> Timestamps? {
        let named = roles.index(of: .timestamp)
        let candidates = roles.timestampCandidates
        if let timestamps = try joinedTimestamps(
            Set(candidates + [named].compactMap { $0 }).sorted(), recordings)
        {
            return timestamps
        }
        if let named {
            let timestamps = try reader(named, recordings, isCertain: true).read(scan.texts[named])
            for column in candidates {
                _ = try reader(column, recordings, isCertain: false).read(scan.texts[column])
                ignore(column, "a second column of times", "it has times, too, and the timestamps are named")
            }
            return timestamps
        }
        guard let first = candidates.first else { return nil }
        let timestamps = try reader(first, recordings, isCertain: false).read(scan.texts[first])
        for column in candidates.dropFirst() {
            let others = try reader(column, recordings, isCertain: false).read(scan.texts[column])
            guard others.instants == timestamps.instants else {
                let names = [first, column].map { roles.columns[$0].name }
                throw TableError(
                    "\(Self.list(names)) have different times; name one with "
                        + "timestamp=\(TableError.escaped(names[0])) and leave "
                        + "the other out with ignore=\(TableError.escaped(names[1]))",
                    line: layout.headerLine, column: names[1],
                    remedies: [Remedy(.ignore, names[1]), Remedy(.ignore, names[0])])
            }
            ignore(column, "a second column of times", "it has the same times as another column")
        }
        roles.set(first, .timestamp, "its name, and all cells are times")
        return timestamps
    }

    private func reader(_ column: Int, _ recordings: [Range<Int>], isCertain: Bool) -> TimestampReader {
        let properties = roles.columns[column]
        return TimestampReader(
            name: properties.name, unit: properties.timestampName?.unit,
            isDate: properties.timestampName?.isDate ?? false, isCertain: isCertain, lines: scan.lines,
            recordings: recordings,
            style: layout.delimiter == UInt8(ascii: ";") && style == .plain
                ? timestampStyle(column) : style)
    }

    /// The style of timestamps in a document with semicolons whose other numbers are whole.
    private func timestampStyle(_ column: Int) -> NumberStyle {
        let hasComma = scan.texts[column].indices.contains { row in
            scan.texts[column].withBytes(row) { NumberText(bytes: $0).kind == .decimalComma }
        }
        return NumberStyle(hasDecimalCommas: hasComma)
    }

    /// Reads timestamps from a column of dates and a column of times of day.
    private mutating func joinedTimestamps(_ columns: [Int], _ recordings: [Range<Int>]) throws(TableError)
        -> Timestamps?
    {
        guard columns.count == 2 else { return nil }
        let shapes = columns.map { column in scan.texts[column].withBytes(0) { TimeText($0)?.shape } }
        let dates = columns.indices.filter { shapes[$0].map { $0.date != .none && !$0.hasTime } ?? false }
        let times = columns.indices.filter { shapes[$0].map { $0.date == .none } ?? false }
        guard let date = dates.first, let time = times.first else { return nil }
        var joined = PackedTexts()
        for row in 0..<scan.rows {
            let texts = [date, time].map { scan.texts[columns[$0]][row] }
            joined.append("\(texts[0]) \(texts[1])".utf8)
        }
        let names = [date, time].map { roles.columns[columns[$0]].name }
        var reader = reader(columns[date], recordings, isCertain: true)
        reader.name = names.joined(separator: " ")
        let timestamps = try reader.read(joined)
        roles.set(columns[date], .timestamp, "the dates of the timestamps")
        roles.set(columns[time], .timestamp, "the times of day of the timestamps")
        return timestamps
    }

    /// Reads timestamps from a column whose name does not say that it has them: an index of times, which
    /// pandas writes without a name, and the only column of times in a document without a header.
    mutating func readLateTimestamps(_ timestamps: Timestamps?, _ recordings: [Range<Int>]) throws(TableError)
        -> Timestamps?
    {
        let columns = roles.columns.indices.filter { roles.columns[$0].role == nil }
        guard let column = columns.first else { return nil }
        guard timestamps == nil, columns.count == 1 else { throw valueError(columns[0]) }
        let texts = try pass(.texts, [column]).texts[column]
        let late = try reader(column, recordings, isCertain: true).read(texts)
        roles.set(column, .timestamp, roles.hasNames ? "an index of times" : "all cells are times")
        return late
    }

    // MARK: Other columns

    /// Gives a role to each column that has none, except for times without a name.
    mutating func findRoles() throws(TableError) {
        ignoreEmptyColumns()
        for (column, properties) in roles.columns.enumerated() where properties.role == nil {
            if roles.areFeaturesSelected {
                roles.set(column, .ignored, "not named by columns")
                continue
            }
            let profile = scan.profiles[column]
            if properties.isNamedLikeIndex, roles.hasNames, try isIgnored(column) { continue }
            let isLate = properties.isNamedLikeIndex || !roles.hasNames
            if isLate, profile[.number] == 0, let place = profile.first(.text),
                place.text.utf8Buffer({ TimeText($0) != nil })
            {
                continue
            }
            guard profile.isPlain || profile[.boolean] + profile[.missing] == scan.rows else {
                throw valueError(column)
            }
            roles.set(
                column, .feature,
                profile[.missing] == scan.rows ? "all cells are missing" : "all cells are numbers or missing")
        }
    }

    /// Leaves out the columns without names and values, which separators at the ends of lines make.
    private mutating func ignoreEmptyColumns() {
        let empty = roles.columns.indices.filter {
            roles.columns[$0].role == nil && roles.columns[$0].isUnnamed
                && scan.modes[$0] == .numbers && scan.profiles[$0][.missing] == scan.rows
        }
        guard !empty.isEmpty else { return }
        for column in empty { roles.set(column, .ignored, "neither a name nor values") }
        let names = empty.map { roles.columns[$0].name }
        warnings.append(
            Warning(
                .ignoredColumn, .info,
                "\(empty.count) column\(empty.count == 1 ? " was" : "s were") ignored, with neither names "
                    + "nor values.",
                columns: names))
    }

    /// Leaves a column out if its cells are those of an index.
    private mutating func isIgnored(_ column: Int) throws(TableError) -> Bool {
        let properties = roles.columns[column]
        let profile = scan.profiles[column]
        guard profile[.number] == scan.rows else { return false }
        let count = roles.columns.count
        let index = (0..<scan.rows).map { values[$0 * count + column] }
        let isWhole = index.allSatisfy { $0 >= 0 && $0.rounded() == $0 }
        let steps = zip(index, index.dropFirst())
        if isWhole, steps.allSatisfy({ $1 == $0 + 1 }) {
            ignore(column, "an index that rises by 1", "it is an index that rises by 1")
            return true
        }
        guard properties.isUnnamed else { return false }
        // The index of a frame that was filtered, joined or sorted.
        let isRestarting = steps.allSatisfy { $1 == $0 + 1 || $1 <= $0 }
        guard isWhole, isRestarting || Set(index).count == index.count else {
            throw TableError(
                "the column \(column + 1) of the header has no name, and is no index; name it, or leave it "
                    + "out with ignore=\(TableError.escaped(properties.name))", line: layout.headerLine,
                column: properties.name, remedies: [Remedy(.ignore, properties.name)])
        }
        ignore(column, "an index without a name", "it has no name, and whole numbers like an index")
        return true
    }

    private mutating func ignore(_ column: Int, _ reason: String, _ sentence: String) {
        let name = roles.columns[column].name
        roles.set(column, .ignored, reason)
        warnings.append(
            Warning(
                .ignoredColumn, .info,
                "The column \(TableError.quoted(name)) was ignored: \(sentence). If it is a feature, list "
                    + "it in columns.", columns: [name]))
    }
}
