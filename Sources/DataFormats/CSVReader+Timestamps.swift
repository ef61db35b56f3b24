import TimeSeries

/// The times of the rows: in a column, in several, or in one whose name does not say so.
extension CSVReader {
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
        guard let first = candidates.first else { return try partedTimestamps(recordings) }
        let timestamps = try reader(first, recordings, isCertain: false).read(scan.texts[first])
        for column in candidates.dropFirst() {
            let others = try reader(column, recordings, isCertain: false).read(scan.texts[column])
            guard others.instants == timestamps.instants else {
                let names = [first, column].map { roles.columns[$0].name }
                throw TableError(
                    "\(Self.list(names)) have different times; write times of day beside dates as 23:59:00, "
                        + "or name one with "
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
        let times = columns.indices.filter {
            shapes[$0].map { $0.date == .none } ?? areCompactTimes(scan.texts[columns[$0]])
        }
        guard let date = dates.first, let time = times.first else { return nil }
        let isCompact = shapes[time] == nil
        var joined = PackedTexts()
        for row in 0..<scan.rows {
            let day = scan.texts[columns[date]][row]
            var text = scan.texts[columns[time]][row]
            if isCompact {
                text = "\(text.prefix(2)):\(text.dropFirst(2).prefix(2)):\(text.dropFirst(4))"
            }
            joined.append("\(day) \(text)".utf8)
        }
        let names = [date, time].map { roles.columns[columns[$0]].name }
        var reader = reader(columns[date], recordings, isCertain: true)
        reader.name = names.joined(separator: " ")
        let timestamps = try reader.read(joined)
        roles.set(columns[date], .timestamp, "the dates of the timestamps")
        roles.set(columns[time], .timestamp, "the times of day of the timestamps")
        return timestamps
    }

    /// Whether all cells are times of day such as `235959`.
    private func areCompactTimes(_ texts: PackedTexts) -> Bool {
        texts.indices.allSatisfy { row in
            texts.withBytes(row) { bytes in
                guard bytes.count == 6, bytes.allSatisfy(TimeCursor.isDigit) else { return false }
                var cursor = TimeCursor(rest: bytes[...])
                let parts = [cursor.fixed(2), cursor.fixed(2), cursor.fixed(2)].map { $0 ?? 99 }
                return parts[0] < 24 && parts[1] < 60 && parts[2] < 60
            }
        }
    }

    /// Reads timestamps from columns of years, months and days, and of hours, minutes and seconds, if there
    /// are such.
    private mutating func partedTimestamps(_ recordings: [Range<Int>]) throws(TableError) -> Timestamps? {
        let names: [(names: [String], range: ClosedRange<Double>)] = [
            (["year", "yyyy", "jahr"], 1678...2261), (["month", "monat"], 1...12), (["day", "tag"], 1...31),
            (["hour", "stunde"], 0...23), (["minute", "min"], 0...59),
            (["second", "sec", "sekunde"], 0...59),
        ]
        let count = roles.columns.count
        var parts: [Int] = []
        for part in names {
            let found = roles.columns.indices.first { column in
                roles.columns[column].role == nil
                    && part.names.contains(roles.columns[column].name.lowercased())
                    && scan.profiles[column][.number] + scan.profiles[column][.missing] == scan.rows
                    && scan.profiles[column][.number] > 0
                    && stride(from: column, to: values.count, by: count).allSatisfy {
                        values[$0].isNaN
                            || part.range.contains(values[$0]) && values[$0].rounded() == values[$0]
                    }
            }
            guard let found else { break }
            parts.append(found)
        }
        guard parts.count >= 3 else { return nil }
        var joined = PackedTexts()
        for row in 0..<scan.rows {
            if let column = parts.first(where: { values[row * count + $0].isNaN }) {
                let name = roles.columns[column].name
                throw TableError(
                    "column \(TableError.quoted(name)) has no value, but is a part of the timestamps; add "
                        + "it, or remove the row", line: scan.lines[row], row: row, column: name,
                    remedies: [Remedy(.ignore, name)])
            }
            let numbers = parts.map { column in
                let text = "\(Int(values[row * count + column]))"
                return text.count < 2 ? "0" + text : text
            }
            let time = (numbers[3...] + ["00", "00", "00"]).prefix(3)
            joined.append("\(numbers[..<3].joined(separator: "-")) \(time.joined(separator: ":"))".utf8)
        }
        var reader = reader(parts[0], recordings, isCertain: true)
        reader.name = parts.map { roles.columns[$0].name }.joined(separator: " ")
        let timestamps = try reader.read(joined)
        for column in parts { roles.set(column, .timestamp, "a part of the timestamps") }
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
}
