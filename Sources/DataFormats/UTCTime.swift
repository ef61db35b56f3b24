/// A point in time, to the microsecond, that is read and written in ISO 8601.
package struct UTCTime: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let microseconds: Int64

    /// Creates a time from microseconds since 1970-01-01T00:00:00Z.
    package init(microseconds: Int64) { self.microseconds = microseconds }

    package static func < (left: UTCTime, right: UTCTime) -> Bool { left.microseconds < right.microseconds }

    /// Reads a date, or a date and a time with a `T` or a blank in between: `2026-01-31`, `2026-01-31T12:00`,
    /// `2026-01-31 12:00:00.25+01:00`. A time without an offset is UTC. nil for other text.
    package init?(_ text: String) {
        var text = text
        guard let time = text.withUTF8({ Self.read($0) }) else { return nil }
        microseconds = time
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var rest = bytes[...]
        guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2), take(&rest, "-"),
            let day = number(&rest, 2), CivilDate.exists(year, month, day)
        else { return nil }
        var seconds = CivilDate.days(year, month, day) * 86_400
        guard take(&rest, "T") || take(&rest, "t") || take(&rest, " ") else {
            return rest.isEmpty ? seconds * 1_000_000 : nil
        }
        guard let hour = number(&rest, 2), hour < 24, take(&rest, ":"), let minute = number(&rest, 2),
            minute < 60
        else { return nil }
        seconds += hour * 3600 + minute * 60
        var fraction: Int64 = 0
        if take(&rest, ":") {
            guard let second = number(&rest, 2), second < 60 else { return nil }
            seconds += second
            if take(&rest, ".") {
                guard let read = self.fraction(&rest) else { return nil }
                fraction = read
            }
        }
        guard let offset = utcOffset(&rest), rest.isEmpty else { return nil }
        return (seconds - offset) * 1_000_000 + fraction
    }

    private static func take(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ character: Unicode.Scalar)
        -> Bool
    {
        guard let first = rest.first, first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private static func number(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>, _ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var number: Int64 = 0
        for byte in rest.prefix(digits) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest.removeFirst(digits)
        return number
    }

    /// Reads the digits after the decimal point, in microseconds. Further digits are truncated.
    private static func fraction(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        var (value, unit, count): (Int64, Int64, Int) = (0, 100_000, 0)
        while let digit = number(&rest, 1) {
            value += digit * unit
            unit /= 10
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// Reads an offset from UTC, in seconds; 0 if there is none.
    private static func utcOffset(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        if rest.isEmpty || take(&rest, "Z") || take(&rest, "z") { return 0 }
        let sign: Int64 = take(&rest, "-") ? -1 : 1
        guard sign < 0 || take(&rest, "+"), let hours = number(&rest, 2), hours < 24 else { return nil }
        _ = take(&rest, ":")
        let minutes = rest.isEmpty ? 0 : number(&rest, 2)
        guard let minutes, minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

extension UTCTime: CustomStringConvertible {
    /// The time in UTC in RFC 3339's format, with six decimals unless they are zero.
    package var description: String {
        var days = microseconds / 86_400_000_000
        var rest = microseconds % 86_400_000_000
        if rest < 0 { (days, rest) = (days - 1, rest + 86_400_000_000) }
        // The inverse of `CivilDate.days`.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000)
        let time =
            "\(Self.padded(seconds / 3600, 2)):\(Self.padded(seconds / 60 % 60, 2))"
            + ":\(Self.padded(seconds % 60, 2))"
        let date = "\(Self.padded(year, 4))-\(Self.padded(calendarMonth, 2))-\(Self.padded(day, 2))"
        return "\(date)T\(time)\(fraction == 0 ? "" : "." + Self.padded(fraction, 6))Z"
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
