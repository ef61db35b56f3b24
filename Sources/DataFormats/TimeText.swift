/// The form of a timestamp that is text. All timestamps of a column must have the same.
struct TimeShape: Equatable {
    /// The form of the date.
    enum Date: Equatable {
        /// No date: `23:59`.
        case none
        /// `2026-12-31`, `2026/12/31`, `20261231`.
        case yearFirst
        /// `31.12.2026`.
        case dayFirst
        /// `12/31/2026` or `31/12/2026`, which only all cells of a column together can tell.
        case dayOrMonthFirst
        /// `31-Dec-2026`, `Dec 31, 2026`.
        case monthName
        /// Days that have passed: `0 days 23:59:00`.
        case duration
    }

    var date = Date.none
    /// The character between the numbers of the date; 0 for none.
    var dateSeparator: UInt8 = 0
    /// The character before the time; 0 for none.
    var timeSeparator: UInt8 = 0
    var hasTime = false
    /// Whether an offset from UTC follows: `Z`, `+01:00`.
    var hasOffset = false
    var isTwelveHour = false

    /// The form in a few words.
    var name: String {
        switch date {
        case .none: "time of day"
        case .yearFirst: "ISO 8601"
        case .dayFirst: "day.month.year"
        case .dayOrMonthFirst: "day and month"
        case .monthName: "date with the month's name"
        case .duration: "duration"
        }
    }
}

/// A timestamp that is text: a date, a time of day, or both.
struct TimeText {
    private(set) var shape = TimeShape()
    /// Year, month and day; in the order of the text for a date of the form `.dayOrMonthFirst`: month, if the
    /// month is first, day, year. For a duration, days only.
    private(set) var date: (Int64, Int64, Int64) = (1970, 1, 1)
    /// Nanoseconds since midnight, or since the days of a duration, less the offset from UTC.
    private(set) var time: Int64 = 0

    /// Reads a text; nil for other text.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = TimeCursor(rest: bytes[...])
        guard readDate(&cursor), readTime(&cursor), cursor.rest.isEmpty else { return nil }
    }

    /// Returns the nanoseconds since 1970-01-01T00:00:00, for a duration or a time of day since its start.
    /// - Parameter isMonthFirst: the order of a date of the form `.dayOrMonthFirst`.
    /// - Returns: nil for a date that does not exist, or before 1678 or after 2261.
    func instant(isMonthFirst: Bool) -> Int64? {
        let days: Int64
        switch shape.date {
        case .none: days = 0
        case .duration: days = date.0
        case .dayOrMonthFirst:
            let (month, day) = isMonthFirst ? (date.0, date.1) : (date.1, date.0)
            guard CivilDate.exists(date.2, month, day) else { return nil }
            days = CivilDate.days(date.2, month, day)
        default: days = CivilDate.days(date.0, date.1, date.2)
        }
        let (nanoseconds, isOverflow) = days.multipliedReportingOverflow(by: TimeUnit.days.rawValue)
        let (sum, isSumOverflow) = nanoseconds.addingReportingOverflow(time)
        return isOverflow || isSumOverflow ? nil : sum
    }

    // MARK: Date

    private mutating func readDate(_ cursor: inout TimeCursor) -> Bool {
        cursor.skipWeekday()
        let start = cursor
        if let (number, digits) = cursor.number(14), let separator = cursor.rest.first {
            if digits == 8 || digits == 12 || digits == 14 { return readCompactDate(&cursor, start) }
            if separator == UInt8(ascii: ":") {
                cursor = start
                return true
            }
            if cursor.takeDays() {
                (shape.date, date) = (.duration, (number, 0, 0))
                return number < 100_000
            }
            return readDate(&cursor, first: number, digits: digits)
        }
        cursor = start
        if let (_, digits) = cursor.number(14), cursor.rest.isEmpty, [8, 12, 14].contains(digits) {
            return readCompactDate(&cursor, start)
        }
        cursor = start
        // Dec 31, 2026
        guard let month = cursor.month(), cursor.take(" ") || cursor.take("-"),
            let (day, _) = cursor.number(2),
            cursor.take(", ") || cursor.take(" ") || cursor.take("-"), let (year, digits) = cursor.number(4),
            digits == 4
        else { return false }
        (shape.date, date) = (.monthName, (year, month, day))
        return CivilDate.exists(year, month, day)
    }

    /// Reads `20261231`, `202612312359` or `20261231235959`.
    private mutating func readCompactDate(_ cursor: inout TimeCursor, _ start: TimeCursor) -> Bool {
        cursor = start
        guard let year = cursor.fixed(4), let month = cursor.fixed(2), let day = cursor.fixed(2),
            CivilDate.exists(year, month, day)
        else { return false }
        (shape.date, date) = (.yearFirst, (year, month, day))
        return true
    }

    /// Reads a date behind its first number.
    private mutating func readDate(_ cursor: inout TimeCursor, first: Int64, digits: Int) -> Bool {
        guard let separator = cursor.rest.popFirst() else { return false }
        guard
            [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: " ")].contains(separator)
        else { return false }
        shape.dateSeparator = separator
        if digits <= 2, let month = cursor.month() {
            // 31-Dec-2026
            guard cursor.rest.popFirst() == separator, let (year, yearDigits) = cursor.number(4) else {
                return false
            }
            (shape.date, date) = (.monthName, (Self.fullYear(year, yearDigits), month, first))
            return [2, 4].contains(yearDigits) && CivilDate.exists(date.0, month, first)
        }
        guard separator != UInt8(ascii: " "), let (second, secondDigits) = cursor.number(2),
            cursor.rest.popFirst() == separator, let (third, thirdDigits) = cursor.number(4),
            secondDigits <= 2
        else { return false }
        if digits == 4 {
            (shape.date, date) = (.yearFirst, (first, second, third))
            return thirdDigits <= 2 && CivilDate.exists(first, second, third)
        }
        guard digits <= 2 else { return false }
        if separator == UInt8(ascii: ".") {
            (shape.date, date) = (.dayFirst, (Self.fullYear(third, thirdDigits), second, first))
            return [2, 4].contains(thirdDigits) && CivilDate.exists(date.0, second, first)
        }
        (shape.date, date) = (.dayOrMonthFirst, (first, second, third))
        return thirdDigits == 4 && (1...31).contains(first) && (1...31).contains(second)
            && min(first, second) <= 12
    }

    /// The year of two digits from 1970 to 2069, as in POSIX and in spreadsheets.
    private static func fullYear(_ year: Int64, _ digits: Int) -> Int64 {
        digits == 4 ? year : year + (year < 70 ? 2000 : 1900)
    }

    // MARK: Time

    private mutating func readTime(_ cursor: inout TimeCursor) -> Bool {
        if cursor.rest.isEmpty { return shape.date != .none && shape.date != .duration }
        switch shape.date {
        case .none: break
        case .duration: shape.timeSeparator = UInt8(ascii: " ")
        default:
            if !readSeparator(&cursor) {
                // 20261231235959 has none.
                guard shape.dateSeparator == 0, shape.date == .yearFirst else { return false }
            }
        }
        shape.hasTime = true
        guard let (hour, _) = cursor.number(2) else {
            return false
        }
        let isCompact = !cursor.take(":")
        guard !isCompact || (shape.date == .yearFirst && shape.dateSeparator == 0),
            let minute = cursor.fixed(2), minute < 60
        else { return false }
        var (second, fraction): (Int64, Int64) = (0, 0)
        if isCompact ? cursor.rest.first.map(TimeCursor.isDigit) == true : cursor.take(":") {
            // 60 is a leap second.
            guard let seconds = cursor.fixed(2), seconds <= 60 else { return false }
            second = seconds
            if cursor.take(".") || cursor.take(",") {
                guard let read = cursor.fraction() else { return false }
                fraction = read
            }
        }
        guard let hour = twelveHour(&cursor, hour), let offset = readOffset(&cursor) else { return false }
        // 24:00 is the end of a day (ISO 8601-1, 4.3.8).
        guard hour < 24 || (hour == 24 && minute == 0 && second == 0 && fraction == 0) else { return false }
        time = ((hour * 60 + minute) * 60 + second - offset) * TimeUnit.seconds.rawValue + fraction
        return true
    }

    private mutating func readSeparator(_ cursor: inout TimeCursor) -> Bool {
        for separator in [", ", "T", "t", " "] as [StaticString] where cursor.take(separator) {
            shape.timeSeparator = separator.utf8Start.pointee
            return true
        }
        // 31/Dec/2026:23:59:59, as in logs of web servers
        guard shape.date == .monthName, cursor.take(":") else { return false }
        shape.timeSeparator = UInt8(ascii: ":")
        return true
    }

    /// Reads AM or PM. Returns the hour of the day, or nil for one that does not exist.
    private mutating func twelveHour(_ cursor: inout TimeCursor, _ hour: Int64) -> Int64? {
        let start = cursor
        _ = cursor.take(" ")
        for (mark, offset) in [("AM", 0), ("am", 0), ("PM", 12), ("pm", 12)] as [(StaticString, Int64)]
        where cursor.take(mark) {
            shape.isTwelveHour = true
            return (1...12).contains(hour) ? hour % 12 + offset : nil
        }
        cursor = start
        return hour
    }

    /// Reads an offset from UTC, in seconds; 0 if there is none, nil for other text.
    private mutating func readOffset(_ cursor: inout TimeCursor) -> Int64? {
        if cursor.rest.isEmpty { return 0 }
        _ = cursor.take(" ")
        shape.hasOffset = true
        if cursor.take("Z") || cursor.take("z") || cursor.take("UTC") || cursor.take("GMT") { return 0 }
        let sign: Int64 = cursor.take("-") ? -1 : 1
        guard sign < 0 || cursor.take("+"), let hours = cursor.fixed(2), hours < 24 else { return nil }
        _ = cursor.take(":")
        guard let minutes = cursor.rest.isEmpty ? 0 : cursor.fixed(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
