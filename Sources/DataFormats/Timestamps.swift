/// The times of the rows of a table.
public struct Timestamps: Sendable, Equatable {
    /// The timestamps as they were sent, `[rows]`.
    public enum Cells: Sendable, Equatable {
        /// Texts such as `2026-01-31T12:00:00Z`. Date and time from two columns are joined with a blank.
        case texts(PackedTexts)
        /// Whole numbers, such as Unix seconds.
        case integers([Int64])
        /// Other numbers.
        case numbers([Double])
    }

    /// What the instants count from.
    public enum Clock: String, Sendable, CaseIterable {
        /// The Unix epoch. The cells have an offset from UTC, or are Unix times.
        case utc
        /// The Unix epoch in the time zone of the sender, which is unknown: cells without an offset from UTC
        /// are read as if they were UTC and are never shifted.
        case local
        /// The start of a measurement, such as the seconds of a column `Time (s)` that starts at 0.
        case relative
    }

    /// The timestamps as they were sent.
    public let cells: Cells
    /// The instants, `[rows]`, in nanoseconds since the start of `clock`. In the order of the rows, which
    /// need not be the order of time.
    public let instants: [Int64]
    /// What the instants count from.
    public let clock: Clock
    /// How the cells were understood, in a few words: "ISO 8601", "Unix milliseconds", "day.month.year".
    public let format: String

    init(cells: Cells, instants: [Int64], clock: Clock, format: String) {
        self.cells = cells
        self.instants = instants
        self.clock = clock
        self.format = format
    }
}
