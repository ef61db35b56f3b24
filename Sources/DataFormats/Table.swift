import TimeSeries

/// Rows of numbers with names, times and flags, as they were understood.
public struct Table: Sendable, Equatable {
    /// All columns with their roles, in the order of the document.
    public var columns: [TableColumn]
    /// The names of the features, `[F]`; nil for a table without names.
    public var features: [String]?
    /// F, the number of features, at least 1.
    public var featureCount: Int
    /// `[rows][F]`, row-major. A missing value is NaN; every other value is finite.
    public var values: [Double]
    /// The times of the rows; nil without them.
    public var timestamps: Timestamps?
    /// The rows of each recording, which together are all rows; one recording without a recording column.
    public var recordings: [Range<Int>]
    /// The text of the recording column for each recording; nil without that column.
    public var recordingNames: [String]?
    /// The flags of the rows, `[rows]`, by the option that names them.
    public var flags: [String: [Bool]]
    /// The line of each row; nil if the table was not text.
    public var lines: RowLines?
    /// What was odd, and how it was read.
    public var warnings: [Warning]

    /// The number of rows.
    public var rows: Int { values.count / featureCount }

    /// Creates a table from its parts.
    /// - Parameters:
    ///   - columns: nil if there are only features; they get the reason `reason`.
    ///   - features: `[F]`, or nil for features without names.
    ///   - values: `[rows][F]`.
    ///   - recordings: nil for one recording of all rows.
    ///   - recordingNames: the name of each recording; nil for recordings without names.
    public init(
        columns: [TableColumn]? = nil, reason: String = "", features: [String]?, featureCount: Int,
        values: [Double], timestamps: Timestamps? = nil, recordings: [Range<Int>]? = nil,
        recordingNames: [String]? = nil, flags: [String: [Bool]] = [:], lines: RowLines? = nil,
        warnings: [Warning] = []
    ) {
        precondition(featureCount > 0 && values.count.isMultiple(of: featureCount))
        let names = features ?? (0..<featureCount).map { "\($0)" }
        self.columns = columns ?? names.map { TableColumn(name: $0, role: .feature, reason: reason) }
        self.features = features
        self.featureCount = featureCount
        self.values = values
        self.timestamps = timestamps
        self.recordings = recordings ?? [0..<(values.count / featureCount)]
        self.recordingNames = recordingNames
        self.flags = flags
        self.lines = lines
        self.warnings = warnings
    }
}
