import TimeSeries

/// Options that suit the data, under the names that POST /train takes.
public struct Suggestions: Sendable, Equatable {
    /// Features to leave out: clocks and indices.
    public let ignore: [String]
    /// Features of which the differences should be learned: counters.
    public let difference: [String]
    /// The feature that seems to have the labels of anomalies; nil if there is none.
    public let exclude: String?
    /// How rows should be ordered that are not in the order of their times.
    public let order: OrderPolicy?
    /// What should be done with rows of the same time.
    public let duplicates: DuplicatePolicy?
    /// An interval to resample rows whose intervals vary.
    public let interval: TimeSpan?
    /// How the rows are filled that have no values then.
    public let missing: MissingValuePolicy?
    /// T: the period of the features, or how long their values depend on one another.
    public let timesteps: Int?
    /// A scaling for data with outliers.
    public let scaling: Scaling?

    /// Whether there is none.
    public var isEmpty: Bool {
        ignore.isEmpty && difference.isEmpty && exclude == nil && order == nil && duplicates == nil
            && interval == nil && timesteps == nil && scaling == nil
    }

    /// - Parameters:
    ///   - time: the times of the rows as they were sent.
    ///   - labels: whether a feature can be the labels.
    init(
        _ features: [(name: String, statistics: ColumnStatistics)], time: TimeInspection?, labels: Bool,
        timesteps: Int?
    ) {
        func names(_ isSuggested: (ColumnStatistics) -> Bool) -> [String] {
            features.filter { isSuggested($0.statistics) }.map(\.name)
        }
        // One feature must remain.
        let left = names { $0.trend == .clock || $0.missing == $0.rows }
        ignore = left.count < features.count ? left : []
        difference = names { $0.trend == .counter }
        let flags = names { $0.isFlag }.filter(Self.isNameOfLabels)
        exclude = labels && flags.count < features.count - ignore.count ? flags.first : nil
        order = time.map { $0.order == .ascending } ?? true ? nil : .sort
        duplicates = time.map { $0.duplicates == 0 } ?? true ? nil : .last
        interval = time?.gridInterval
        missing = time?.leavesCells == true ? .linear : nil
        self.timesteps = timesteps
        scaling =
            features.contains { !$0.statistics.outliers.isEmpty } ? Scaling(rawValue: "robust") : nil
    }

    /// Whether a column is named like labels: `anomaly`, `is_anomaly`, `label`.
    private static func isNameOfLabels(_ name: String) -> Bool {
        var name = name.lowercased()[...]
        if name.hasPrefix("is") { name = name.dropFirst(2).drop { $0 == "_" } }
        return [
            "label", "labels", "anomaly", "anomalies", "anomalous", "outlier", "outliers", "fault", "attack",
        ].contains(name)
    }
}
