import TimeSeries

extension Warning {
    /// The warning for integers to which no double is equal.
    /// - Parameter count: their number, at least 1.
    public static func roundedIntegers(
        _ count: Int, columns: [String]? = nil, rows: [Range<Int>]? = nil
    ) -> Warning {
        Warning(
            .precision, .warning,
            count == 1
                ? "An integer beyond ±2⁵³ was rounded to the nearest double."
                : "\(count) integers beyond ±2⁵³ were rounded to the nearest double.",
            columns: columns, rows: rows)
    }
}
