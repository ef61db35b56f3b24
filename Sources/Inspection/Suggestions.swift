import TimeSeries

/// Options that suit the data, under the names that POST /train takes.
public struct Suggestions: Sendable, Equatable {
    /// Features to leave out: clocks, indices, and numbers of recordings that cannot be named in `recording`.
    public let ignore: [String]
    /// Features of which the differences should be learned: counters.
    public let difference: [String]
    /// The feature that seems to have the labels of anomalies; nil if there is none.
    public let exclude: String?
    /// The feature that numbers recordings, such as batches; nil if there is none.
    public let recording: String?
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
        ignore.isEmpty && difference.isEmpty && exclude == nil && recording == nil && order == nil
            && duplicates == nil && interval == nil && missing == nil && timesteps == nil && scaling == nil
    }

    /// - Parameters:
    ///   - time: the times of the rows as they were sent.
    ///   - labels: whether a feature can be the labels.
    ///   - recordings: whether a feature can number recordings.
    ///   - interval: a grid for features that have times of their own.
    ///   - lacksValues: whether values are missing that have to be filled.
    init(
        _ features: [(name: String, statistics: ColumnStatistics)], time: TimeInspection?, labels: Bool,
        recordings: Bool, interval: TimeSpan?, lacksValues: Bool, timesteps: Int?
    ) {
        func names(_ isSuggested: (ColumnStatistics) -> Bool) -> [String] {
            features.filter { isSuggested($0.statistics) }.map(\.name)
        }
        // One feature must remain.
        let flags = Self.labels(features)
        let exclude = labels ? features.first { flags.contains($0.name) && $0.statistics.isFlag }?.name : nil
        let stairs = names { $0.trend == .stairs }
        let recording =
            recordings && features.count > 1
            ? features.first { ($0.statistics.shortestStair ?? 0) >= Self.minRecordingRows }?.name : nil
        self.recording = recording
        let useless =
            names { $0.trend == .clock || $0.trend == .index || $0.missing == $0.rows }
            + stairs.filter { $0 != recording }
        let left = useless + flags.filter { $0 != exclude }
        let named = (exclude == nil ? 0 : 1) + (recording == nil ? 0 : 1)
        if left.count + named < features.count {
            (ignore, self.exclude) = (left, exclude)
        } else {
            let isOneLeft = useless.count + (recording == nil ? 0 : 1) < features.count
            (ignore, self.exclude) = (isOneLeft ? useless : [], nil)
        }
        difference = names { $0.trend == .counter }
        order = time.map { $0.order == .ascending } ?? true ? nil : .sort
        duplicates = time.map { $0.duplicates == 0 } ?? true ? nil : .last
        self.interval = interval ?? time?.gridInterval
        missing = time?.leavesCells == true || lacksValues ? .linear : nil
        self.timesteps = timesteps
        scaling =
            features.contains { !$0.statistics.outliers.isEmpty } ? Scaling(rawValue: "robust") : nil
    }

    /// The minimum number of rows of a recording, for several windows of the shortest suggested length.
    private static let minRecordingRows = 20

    /// The features that seem to have labels: their values are 0 and 1, or -1 and 1, and their names are
    /// those of labels.
    static func labels(_ features: [(name: String, statistics: ColumnStatistics)]) -> [String] {
        features.filter { ($0.statistics.isFlag || $0.statistics.isSign) && isNameOfLabels($0.name) }.map(
            \.name)
    }

    /// Whether a column is named like labels: `anomaly`, `is_anomaly`, `AnomalyLabel`, `Normal/Attack`.
    private static func isNameOfLabels(_ name: String) -> Bool {
        var words = [""]
        var isAfterLower = false
        for character in name {
            if !character.isLetter || (isAfterLower && character.isUppercase) { words.append("") }
            if character.isLetter { words[words.count - 1] += character.lowercased() }
            isAfterLower = character.isLowercase
        }
        words.removeAll { $0.isEmpty }
        let maxWords = 3
        return words.count <= maxWords && !nouns.isDisjoint(with: words)
    }

    private static let nouns: Set<String> = [
        "label", "labels", "anomaly", "anomalies", "anomalous", "isanomaly", "outlier", "outliers", "fault",
        "faulty", "attack", "attacks", "failure", "failures", "changepoint", "truth", "target", "class",
        "alarm",
        "alarms",
    ]
}
