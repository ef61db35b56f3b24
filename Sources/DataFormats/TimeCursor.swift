/// A position in a timestamp.
struct TimeCursor {
    var rest: Slice<UnsafeBufferPointer<UInt8>>

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Skips the text if it comes next. Returns whether it did.
    mutating func take(_ text: StaticString) -> Bool {
        guard rest.count >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where rest[rest.startIndex + offset] != text.utf8Start[offset] {
            return false
        }
        rest = rest.dropFirst(text.utf8CodeUnitCount)
        return true
    }

    /// Reads at least one digit and at most `maxDigits`.
    mutating func number(_ maxDigits: Int) -> (value: Int64, digits: Int)? {
        var (value, digits): (Int64, Int) = (0, 0)
        while digits < maxDigits, let byte = rest.first, Self.isDigit(byte) {
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            digits += 1
            rest.removeFirst()
        }
        return digits > 0 ? (value, digits) : nil
    }

    /// Reads exactly this many digits.
    mutating func fixed(_ count: Int) -> Int64? {
        number(count).flatMap { $0.digits == count ? $0.value : nil }
    }

    /// Reads the digits of a fraction of a second, in nanoseconds. Further digits are truncated.
    mutating func fraction() -> Int64? {
        guard let (value, digits) = number(9) else { return nil }
        while let byte = rest.first, Self.isDigit(byte) { rest.removeFirst() }
        return (digits..<9).reduce(value) { value, _ in value * 10 }
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Reads the English name of a month or its first three letters.
    mutating func month() -> Int64? {
        let letters = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        guard (3...9).contains(letters.count),
            let index = Self.months.firstIndex(of: Self.lowercased(letters.prefix(3)))
        else { return nil }
        rest = rest[letters.endIndex...]
        return Int64(index + 1)
    }

    private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Skips `Thu, ` or `Thu `, in any case.
    mutating func skipWeekday() {
        guard let first = rest.first, !Self.isDigit(first), rest.count > 4,
            Self.weekdays.contains(Self.lowercased(rest.prefix(3)))
        else { return }
        let start = rest
        rest = rest.dropFirst(3)
        if !take(", "), !take(" ") { rest = start }
    }

    /// Skips ` days ` or ` day ` of a duration. Returns whether it did.
    mutating func takeDays() -> Bool { take(" days ") || take(" day ") }

    private static func lowercased(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        String(decoding: bytes, as: UTF8.self).lowercased()
    }
}
