/// What is done with rows before they are scaled, when a model is trained and whenever it is used.
public struct Preparation: Sendable, Equatable {
    /// How rows are resampled; nil if they are used as they are sent.
    public var resampling: Resampling?
    /// The interval that ends a recording.
    public var gaps: GapRule
    /// The median interval of the training rows; nil for rows without times.
    public var interval: TimeSpan?
    /// The features of which differences are taken; nil for none.
    public var differences: Differences?

    /// Creates a preparation; by default, rows are used as they are, without times.
    public init(
        resampling: Resampling? = nil, gaps: GapRule = .automatic, interval: TimeSpan? = nil,
        differences: Differences? = nil
    ) {
        self.resampling = resampling
        self.gaps = gaps
        self.interval = interval
        self.differences = differences
    }

    /// A warning about rows at another interval than the training rows: windows of T rows then span another
    /// time, and look like nothing that the model has learned.
    /// - Parameter rows: the rows that windows are made of.
    public func warning(about rows: TimedRows) -> Warning? {
        guard let interval, let other = rows.medianInterval,
            other.nanoseconds / 2 > interval.nanoseconds || interval.nanoseconds / 2 > other.nanoseconds
        else { return nil }
        return Warning(
            .otherInterval, .warning,
            "The median interval between rows is \(other.approximation), but the model was trained on rows "
                + "every \(interval.approximation), so that its windows span another time. "
                + (other < interval
                    ? "Set interval to \"\(interval)\" to resample the rows."
                    : "Send rows at that interval, or train a model on rows like these."))
    }
}
