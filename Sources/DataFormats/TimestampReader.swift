/// Reads a column of timestamps.
struct TimestampReader {
    /// The name of the column in messages; nil for timestamps that are no column.
    var name: String?
    /// The unit that the name mentions, if it does.
    var unit: TimeUnit?
    /// Whether the name says that the cells are dates.
    var isDate = false
    /// Whether the column is known to have timestamps. If not, numbers must look like a clock: rise or fall.
    var isCertain = true
    /// The lines of the rows; nil if the document has no lines.
    var lines: RowLines?
    /// The rows of each recording, in which a clock can start again.
    var recordings: [Range<Int>] = []
    /// How numbers are written.
    var style = NumberStyle.plain

    /// Reads timestamps that are text, which can be numbers.
    /// - Throws: ``TableError`` with the row for a timestamp that is missing, is not understood or has
    ///   another form than the first; and for a column that is ambiguous.
    func read(_ texts: PackedTexts) throws(TableError) -> Timestamps {
        if let row = texts.indices.first(where: { texts.withBytes($0) { NumberText(bytes: $0).isMissing } }) {
            throw error(
                row, texts[row],
                "\(subject) has no value; every row needs a timestamp: add it, or remove the row")
        }
        guard !texts.isEmpty else { throw error(nil, nil, "there are no timestamps") }
        if isNumber(texts, 0), let dates = try compactDates(texts) { return dates }
        return isNumber(texts, 0) ? try numbers(texts) : try self.texts(texts)
    }

    private func isNumber(_ texts: PackedTexts, _ row: Int) -> Bool {
        texts.withBytes(row) { ClockNumber(NumberText(bytes: $0), style) } != nil
    }

    /// `column "time"`, or the word for timestamps that are no column.
    private var subject: String { name.map { "column \(TableError.quoted($0))" } ?? "the timestamp" }

    private func error(
        _ row: Int?, _ cell: String?, _ detail: String, remedies: [Remedy] = []
    ) -> TableError {
        TableError(
            detail, line: row.flatMap { lines?[$0] }, row: row, column: name, cell: cell, remedies: remedies)
    }

    /// Returns the line or the row of a cell for a message.
    private func place(_ row: Int) -> String { lines.map { "line \($0[row])" } ?? "row \(row)" }

    // MARK: Numbers

    private func numbers(_ texts: PackedTexts) throws(TableError) -> Timestamps {
        var numbers: [ClockNumber] = []
        numbers.reserveCapacity(texts.count)
        for row in texts.indices {
            guard let number = texts.withBytes(row, { ClockNumber(NumberText(bytes: $0), style) }) else {
                throw error(
                    row, texts[row],
                    "\(subject) has the value \(TableError.quoted(texts[row])), which is not a number like "
                        + "\(TableError.quoted(texts[0])) in \(place(0)); write all timestamps in one form")
            }
            numbers.append(number)
        }
        return try read(numbers)
    }

    /// Reads timestamps that are numbers: Unix times by their magnitude, or a clock that starts at 0.
    /// - Throws: as ``read(_:)``.
    func read(_ numbers: [ClockNumber]) throws(TableError) -> Timestamps {
        guard let first = numbers.first else { throw error(nil, nil, "there are no timestamps") }
        let isRelative = name.map { name in
            ["elapsed", "relative"].contains { name.lowercased().contains($0) }
        }
        if !isCertain, unit == nil, !isDate, isRelative != true, let other = OtherClock.name(of: numbers) {
            let clock = TimeUnit.ofUnixTime(first.whole).map { "Unix \($0.name)" } ?? "seconds since a start"
            throw error(
                0, text(first),
                "\(subject) has the number \(text(first)), which can be \(other), or \(clock); write "
                    + "ISO 8601 such as 2026-12-31T23:59:00Z, or say "
                    + "timestamp=\(TableError.escaped(name ?? "")) if these are \(clock)",
                remedies: name.map { [Remedy(.timestamp, $0)] } ?? [])
        }
        let units = numbers.lazy.map { TimeUnit.ofUnixTime($0.whole) }
        if let unixUnit = units.first.flatMap({ $0 }), let other = units.firstIndex(where: { $0 != unixUnit })
        {
            // A clock that starts late is no clock, so that the numbers must all be of one unit.
            throw error(
                other, text(numbers[other]),
                "\(subject) has the number \(text(numbers[other])), which is not a Unix time in "
                    + "\(unixUnit.name) like \(text(first)) in \(place(0)); write all timestamps in one unit")
        }
        if let unixUnit = TimeUnit.ofUnixTime(first.whole) {
            if let unit, unit != unixUnit {
                throw error(
                    0, text(first),
                    "\(subject) is in \(unit.name) by its name, but \(text(first)) is a Unix time in "
                        + "\(unixUnit.name); rename the column")
            }
            return try timestamps(numbers, unixUnit, .utc, "Unix \(unixUnit.name)")
        }
        guard !isDate else {
            throw error(
                0, text(first),
                "\(subject) has the number \(text(first)), which is neither a date nor a Unix time; write "
                    + "ISO "
                    + "8601 such as 2026-12-31 (a spreadsheet writes dates of cells that are formatted as "
                    + "such)"
            )
        }
        guard isCertain || isClock(numbers) else {
            throw error(
                nil, nil,
                "\(subject) is named like a timestamp, but its numbers are neither Unix times nor a clock "
                    + "that only rises; if it has the times, name it with timestamp; if it is a measurement, "
                    + "list it in columns; if it is neither, leave it out with ignore")
        }
        return try timestamps(
            numbers, unit ?? .seconds, .relative, "\((unit ?? .seconds).name) since a start")
    }

    private func isClock(_ numbers: [ClockNumber]) -> Bool {
        func isOrdered(_ isInOrder: (ClockNumber, ClockNumber) -> Bool) -> Bool {
            (recordings.isEmpty ? [numbers.indices] : recordings).allSatisfy { rows in
                zip(numbers[rows], numbers[rows].dropFirst()).allSatisfy(isInOrder)
            }
        }
        return isOrdered(<=) || isOrdered(>=)
    }

    private func text(_ number: ClockNumber) -> String {
        number.billionths == 0 ? "\(number.whole)" : "\(number.double)"
    }

    private func timestamps(
        _ numbers: [ClockNumber], _ unit: TimeUnit, _ clock: Timestamps.Clock, _ format: String
    ) throws(TableError) -> Timestamps {
        var instants: [Int64] = []
        instants.reserveCapacity(numbers.count)
        for (row, number) in numbers.enumerated() {
            guard let instant = number.nanoseconds(unit) else {
                throw error(row, text(number), "\(subject) has \(text(number)), which is \(Self.outOfRange)")
            }
            instants.append(instant)
        }
        let cells: Timestamps.Cells =
            numbers.allSatisfy(\.isInteger)
            ? .integers(numbers.map(\.whole)) : .numbers(numbers.map(\.double))
        return Timestamps(cells: cells, instants: instants, clock: clock, format: format)
    }

    private static let outOfRange = "beyond the years 1678 to 2261 that timestamps can have"

    /// Reads numbers that are all dates such as `20261231`, `202612312359` or `20261231235959`; nil if they
    /// are not. In a column of dates, other numbers of spreadsheets and of files are refused.
    private func compactDates(_ texts: PackedTexts) throws(TableError) -> Timestamps? {
        let digits = texts.withBytes(0) { $0.count }
        guard [8, 12, 14].contains(digits) else { return nil }
        let years: ClosedRange<Int64> = 1900...2099
        let areDates = texts.indices.allSatisfy { row in
            texts.withBytes(row) { bytes in
                bytes.count == digits && TimeText(bytes).map { years.contains($0.date.0) } == true
            }
        }
        return areDates ? try self.texts(texts) : nil
    }

    // MARK: Texts

    private func texts(_ texts: PackedTexts) throws(TableError) -> Timestamps {
        guard let first = texts.withBytes(0, TimeText.init) else { throw unreadable(texts, 0) }
        let isMonthFirst = first.shape.date == .dayOrMonthFirst ? try isMonthFirst(texts) : false
        var instants: [Int64] = []
        instants.reserveCapacity(texts.count)
        for row in texts.indices {
            guard let time = texts.withBytes(row, TimeText.init) else { throw unreadable(texts, row) }
            guard time.shape == first.shape else {
                throw error(
                    row, texts[row],
                    "\(subject) has the timestamp \(TableError.quoted(texts[row])) in another form than "
                        + "\(TableError.quoted(texts[0])) in \(place(0)); write all timestamps in one form, "
                        + "such as 2026-12-31T23:59:00Z")
            }
            guard let instant = time.instant(isMonthFirst: isMonthFirst) else {
                throw error(
                    row, texts[row],
                    "\(subject) has the timestamp \(TableError.quoted(texts[row])), which does not exist or "
                        + "is \(Self.outOfRange)")
            }
            instants.append(instant)
        }
        let hasNoDate = first.shape.date == .none || first.shape.date == .duration
        if first.shape.date == .none {
            try checkTimesOfDay(texts, instants)
        }
        return Timestamps(
            cells: .texts(texts), instants: instants,
            clock: hasNoDate ? .relative : first.shape.hasOffset ? .utc : .local,
            format: first.shape.date == .dayOrMonthFirst
                ? isMonthFirst ? "month/day/year" : "day/month/year" : first.shape.name)
    }

    private func unreadable(_ texts: PackedTexts, _ row: Int) -> TableError {
        let text = TableError.quoted(texts[row])
        let form = row == 0 ? "" : " like \(TableError.quoted(texts[0])) in \(place(0))"
        return error(
            row, texts[row],
            "\(subject) has the value \(text), which is not a timestamp\(form); "
                + "\(Self.hint(texts[row]))write ISO 8601 such as 2026-12-31T23:59:00Z, or Unix times")
    }

    /// What is not read in a text that looks like a timestamp, in front of what to write.
    private static func hint(_ text: String) -> String {
        let parts = text.split { !$0.isLetter && !$0.isNumber }
        let sizes = parts.prefix(3).map(\.count)
        func isNumber(_ index: Int) -> Bool {
            parts.indices.contains(index) && parts[index].allSatisfy(\.isNumber)
        }
        if sizes.count == 3, sizes[2] == 2, max(sizes[0], sizes[1]) <= 2, isNumber(0), isNumber(1),
            isNumber(2),
            !text.prefix(3).contains(":")
        {
            return "a year needs four digits; "
        }
        if parts.first?.dropFirst(4).first == "W" { return "dates of weeks are not read; " }
        if sizes.count > 1, sizes[0] == 4, isNumber(0) {
            if parts[1].first == "W" { return "dates of weeks are not read; " }
            if sizes[1] == 3, isNumber(1) { return "days of the year are not read; " }
        }
        if text.last == "]" || parts.last.map({ $0.count > 2 && $0.allSatisfy(\.isUppercase) }) == true {
            return "names of time zones are not read, but offsets such as +01:00; "
        }
        return ""
    }

    /// Times of day without a date are a clock until midnight only.
    private func checkTimesOfDay(_ texts: PackedTexts, _ instants: [Int64]) throws(TableError) {
        for rows in recordings.isEmpty ? [instants.indices] : recordings {
            let row = rows.dropFirst().first { instants[$0] < instants[$0 - 1] }
            guard let row else { continue }
            throw error(
                row, texts[row],
                "\(subject) has times of day without a date, and \(TableError.quoted(texts[row])) is before "
                    + "\(TableError.quoted(texts[row - 1])); add the dates")
        }
    }

    /// Finds the order of day and month from all cells.
    private func isMonthFirst(_ texts: PackedTexts) throws(TableError) -> Bool {
        var (dayFirst, monthFirst): (Int?, Int?) = (nil, nil)
        for row in texts.indices {
            guard let time = texts.withBytes(row, TimeText.init) else { throw unreadable(texts, row) }
            guard time.shape.date == .dayOrMonthFirst else { continue }
            if time.date.0 > 12, dayFirst == nil { dayFirst = row }
            if time.date.1 > 12, monthFirst == nil { monthFirst = row }
        }
        switch (dayFirst, monthFirst) {
        case (nil, nil):
            throw error(
                0, texts[0],
                "\(subject) has dates such as \(TableError.quoted(texts[0])), in which day and month cannot "
                    + "be told apart; write ISO 8601 such as 2026-12-31T23:59:00")
        case (let dayFirst?, let monthFirst?):
            let row = max(dayFirst, monthFirst)
            throw error(
                row, texts[row],
                "\(subject) has the timestamp \(TableError.quoted(texts[row])), but the month stands "
                    + "elsewhere in \(TableError.quoted(texts[min(dayFirst, monthFirst)])) in "
                    + "\(place(min(dayFirst, monthFirst))); write all timestamps in one form")
        default: return monthFirst != nil
        }
    }
}

extension Timestamps {
    /// Reads timestamps that are text, such as the strings of a JSON array: ISO 8601 and its variants, other
    /// dates that are unambiguous, or numbers.
    /// - Throws: ``TableError`` with the row for a timestamp that is not understood, has another form than
    ///   the first, or is missing.
    public init(texts: [String]) throws(TableError) {
        self = try TimestampReader().read(PackedTexts(texts))
    }

    /// Reads timestamps that are whole numbers: Unix times in seconds, milliseconds, microseconds or
    /// nanoseconds, by their magnitude; if they are smaller, seconds since a start.
    /// - Throws: ``TableError`` with the row for a timestamp of another unit than the first.
    public init(integers: [Int64]) throws(TableError) {
        self = try TimestampReader().read(integers.map(ClockNumber.init))
    }

    /// Reads timestamps that are numbers, like ``init(integers:)``.
    /// - Throws: as ``init(integers:)``, and for a number that is not finite.
    public init(numbers: [Double]) throws(TableError) {
        var clocks: [ClockNumber] = []
        for (row, number) in numbers.enumerated() {
            guard let clock = ClockNumber(number) else {
                throw TableError("the timestamp \(number) is not a time", row: row, cell: "\(number)")
            }
            clocks.append(clock)
        }
        self = try TimestampReader().read(clocks)
    }
}
