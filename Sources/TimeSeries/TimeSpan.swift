/// A length of time, such as the interval between two rows, in whole nanoseconds.
public struct TimeSpan: Sendable, Hashable, Comparable {
    /// At least 1.
    public let nanoseconds: Int64

    /// The units of a text, the largest first. The first name of each is the one that is written.
    private static let units: [(names: [String], nanoseconds: Int64)] = [
        (["d", "day", "days"], 86_400_000_000_000), (["h", "hour", "hours"], 3_600_000_000_000),
        (["m", "min"], 60_000_000_000), (["s", "sec"], 1_000_000_000), (["ms"], 1_000_000),
        (["us", "µs"], 1000), (["ns"], 1),
    ]

    /// The valid texts, for error messages.
    public static let rule =
        "a number of seconds, or a number with a unit, such as \"500ms\", \"30s\", \"5m\", \"1h\" or \"1d\", "
        + "from 1 ns to 100 years"

    /// Creates a length from nanoseconds.
    /// - Parameter nanoseconds: at least 1.
    public init(nanoseconds: Int64) {
        precondition(nanoseconds > 0)
        self.nanoseconds = nanoseconds
    }

    /// Creates a length from seconds, rounded to whole nanoseconds.
    /// - Returns: nil below one nanosecond and above 100 years.
    public init?(seconds: Double) {
        let nanoseconds = (seconds * 1e9).rounded()
        guard nanoseconds >= 1, nanoseconds <= 100 * 365.25 * 86_400e9 else { return nil }
        self.init(nanoseconds: Int64(nanoseconds))
    }

    /// Reads a number with a unit, such as `30s`, `1.5h` or `5min`; nil for other text.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Double(digits),
            let scale = Self.units.first(where: { $0.names.contains(String(unit)) })?.nanoseconds
        else { return nil }
        self.init(seconds: number * Double(scale) / 1e9)
    }

    /// The smallest usual length, such as 15 s or 5 min, that is not shorter than this.
    public var roundedUp: TimeSpan {
        for (unit, counts) in zip(
            Self.units.reversed(),
            [[1, 10, 100], [1, 10, 100]] + [[1, 2, 5, 10, 20, 50, 100, 200, 500]]
                + [[1, 2, 5, 10, 15, 30], [1, 2, 5, 10, 15, 30], [1, 2, 3, 6, 12], [1, 7]])
        {
            for count in counts where Int64(count) * unit.nanoseconds >= nanoseconds {
                return TimeSpan(nanoseconds: Int64(count) * unit.nanoseconds)
            }
        }
        return self
    }

    /// Returns the length times a factor, limited to the largest length.
    public static func * (factor: Int64, span: TimeSpan) -> TimeSpan {
        let (product, isOverflow) = span.nanoseconds.multipliedReportingOverflow(by: factor)
        return TimeSpan(nanoseconds: isOverflow ? .max : product)
    }

    /// Whether a length is shorter than another one.
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Returns the nanoseconds from one instant to another, limited to the range of Int64.
    static func nanoseconds(from start: Int64, to end: Int64) -> Int64 {
        let (difference, isOverflow) = end.subtractingReportingOverflow(start)
        return isOverflow ? (end > start ? .max : -.max) : difference
    }
}

extension TimeSpan: CustomStringConvertible {
    /// The length in the largest unit of which it is a whole number, such as `90s`. ``init(_:)`` reads it.
    public var description: String {
        let unit = Self.units.first { nanoseconds.isMultiple(of: $0.nanoseconds) }
        return "\(nanoseconds / (unit?.nanoseconds ?? 1))\(unit?.names[0] ?? "ns")"
    }

    /// The length to about three digits, for a sentence: `1.5 h`, `3 d`, `12 ms`.
    public var approximation: String {
        let unit = Self.units.first { nanoseconds >= $0.nanoseconds } ?? Self.units[Self.units.count - 1]
        let value = Double(nanoseconds) / Double(unit.nanoseconds)
        let digits: Double = value < 10 ? 100 : value < 100 ? 10 : 1
        let rounded = (value * digits).rounded() / digits
        return (rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)") + " \(unit.names[0])"
    }
}
