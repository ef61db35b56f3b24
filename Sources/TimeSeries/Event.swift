/// Consecutive rows that belong to one anomaly.
public struct Event: Sendable, Equatable {
    /// The rows, counted from 0.
    public let rows: ClosedRange<Int>
    /// The row with the highest score.
    public let peakRow: Int
    /// The score of `peakRow`.
    public let peak: Float

    /// Creates an event from its rows and its peak.
    public init(rows: ClosedRange<Int>, peakRow: Int, peak: Float) {
        self.rows = rows
        self.peakRow = peakRow
        self.peak = peak
    }

    /// The number of rows.
    public var duration: Int { rows.count }

    func shifted(by offset: Int) -> Event {
        Event(
            rows: (rows.lowerBound + offset)...(rows.upperBound + offset), peakRow: peakRow + offset,
            peak: peak)
    }
}
