/// What is known about a table before it is read. All columns are given by name; in a table without a header
/// the names are `0`, `1`, ….
public struct TableOptions: Sendable, Equatable {
    /// The features, in the order of the table; nil for every column without another role.
    public var columns: [String]?
    /// Columns to leave out. Their cells can contain any text.
    public var ignored: Set<String>
    /// The column of timestamps; nil to find it by its name and its cells.
    public var timestamp: String?
    /// The column of identifiers of recordings: consecutive rows with the same text are one recording.
    public var recording: String?
    /// The columns of flags by the options that name them. Their cells are 0 and 1, true and false, or yes
    /// and no, in any case.
    public var labels: [String: String]
    /// Whether the first row has the names of the columns; nil to refuse a table that has no such row.
    public var hasHeader: Bool?
    /// The character encoding as `charset` of Content-Type names it; nil for UTF-8, or UTF-16 with a byte
    /// order mark.
    public var charset: String?
    /// The roles of columns in a model, by name. They take precedence over what is found in the cells, so
    /// that a model's feature `epoch` remains a feature.
    public var known: [String: ColumnRole]

    /// Creates options. By default, everything is found in the table.
    public init(
        columns: [String]? = nil, ignored: Set<String> = [], timestamp: String? = nil,
        recording: String? = nil, labels: [String: String] = [:], hasHeader: Bool? = nil,
        charset: String? = nil, known: [String: ColumnRole] = [:]
    ) {
        self.columns = columns
        self.ignored = ignored
        self.timestamp = timestamp
        self.recording = recording
        self.labels = labels
        self.hasHeader = hasHeader
        self.charset = charset
        self.known = known
    }
}
