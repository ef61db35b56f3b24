import TimeSeries

/// Options that suit the data, under the names that POST /train takes.
public struct Suggestions: Sendable, Equatable {
    /// Features to leave out: clocks and indices.
    public let ignore: [String]
    /// Features of which the differences should be learned: counters.
    public let difference: [String]
    /// T: the period of the features, or how long their values depend on one another.
    public let timesteps: Int?
    /// A scaling for data with outliers.
    public let scaling: Scaling?

    /// Whether there is none.
    public var isEmpty: Bool { ignore.isEmpty && difference.isEmpty && timesteps == nil && scaling == nil }

    init(_ features: [(name: String, statistics: ColumnStatistics)], timesteps: Int?) {
        func names(_ isSuggested: (ColumnStatistics) -> Bool) -> [String] {
            features.filter { isSuggested($0.statistics) }.map(\.name)
        }
        // One feature must remain.
        let left = names { $0.trend == .clock || $0.missing == $0.rows }
        ignore = left.count < features.count ? left : []
        difference = names { $0.trend == .counter }
        self.timesteps = timesteps
        scaling =
            features.contains { !$0.statistics.outliers.isEmpty } ? Scaling(rawValue: "robust") : nil
    }
}
