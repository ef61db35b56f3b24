/// The roles of the columns of a CSV document, by column name. A column with another role is not a feature.
public struct CSVColumns: Sendable, Equatable {
    /// The features in the order of the series; nil for all columns without another role.
    public var features: [String]?
    /// Columns to leave out. Their cells can contain any text.
    public var ignored: Set<String>
    /// The column of timestamps, which can contain any text. If nil, it is the first column, unless that has
    /// another role, if its first row is not a number or its name is timestamp, time, datetime, date or ts in
    /// any case.
    public var timestamp: String?
    /// The column that identifies recordings: consecutive rows with the same text are one recording.
    public var recording: String?
    /// Columns whose cells are 0 or 1, such as labels.
    public var flags: Set<String>

    /// Creates roles. By default every column is a feature, except a first column of timestamps.
    public init(
        features: [String]? = nil, ignored: Set<String> = [], timestamp: String? = nil,
        recording: String? = nil, flags: Set<String> = []
    ) {
        self.features = features
        self.ignored = ignored
        self.timestamp = timestamp
        self.recording = recording
        self.flags = flags
    }

    /// The lower-case names that make the first column one of timestamps.
    static let timestampNames: Set<String> = ["timestamp", "time", "datetime", "date", "ts"]
}
