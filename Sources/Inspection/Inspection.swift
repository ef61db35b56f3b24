import DataFormats
import TimeSeries

/// What was understood of data, what is odd about them, and what to do: computed from a table, before
/// anything is learned from it.
public struct Inspection: Sendable {
    /// A column of the data.
    public struct Column: Sendable {
        /// The name, the role and the reason for the role.
        public let column: TableColumn
        /// The values of a feature; nil for a column with another role.
        public let statistics: ColumnStatistics?
    }

    /// The number of rows.
    public let rows: Int
    /// The number of recordings, or of windows.
    public let recordings: Int
    /// T, if the data are windows; nil for rows.
    public let timesteps: Int?
    /// The times of the rows; nil without timestamps.
    public let time: TimeInspection?
    /// All columns, in the order of the data.
    public let columns: [Column]
    /// What was odd, as the table and its values show it.
    public private(set) var warnings: [Warning]
    /// Options for a training.
    public let suggestions: Suggestions
    /// T of a training that names none: 20, or a tenth of the longest recording if that is less, at least 5.
    /// The suggested length detects worse (docs/detection.md).
    public let defaultTimesteps: Int
    /// The table in points, to draw it; nil unless it was asked for.
    public let preview: Preview?

    /// Inspects a table.
    /// - Parameters:
    ///   - time: the times of the rows before they were arranged; nil for those of the table.
    ///   - origins: the row of the request that each row is.
    ///   - excluded: the rows that are left out, `[rows]`; nil for none. Their values do not count.
    ///   - timesteps: T, if the recordings of the table are windows.
    ///   - previewPoints: the maximum number of points of the preview; nil for none.
    public init(
        _ table: Table, time: TimeInspection? = nil, origins: RowOrigins = .same, excluded: [Bool]? = nil,
        timesteps: Int? = nil, previewPoints: Int? = nil
    ) {
        rows = table.rows
        recordings = table.recordings.count
        self.timesteps = timesteps
        self.time = time ?? table.timestamps.map { TimeInspection($0, recordings: table.recordings) }
        let names = table.columns.filter { $0.role == .feature }.map(\.name)
        // In the order of the features, which need not be that of the columns.
        let features = table.features ?? names
        let statistics = (0..<table.featureCount).map { feature in
            ColumnStatistics(
                table, feature: feature, origins: origins, excluded: excluded,
                findsTrends: timesteps == nil)
        }
        let byName = Dictionary(zip(features, statistics)) { first, _ in first }
        columns = table.columns.map {
            Column(column: $0, statistics: $0.role == .feature ? byName[$0.name] : nil)
        }
        let named = zip(features, statistics).map { (name: $0, statistics: $1) }
        warnings =
            table.warnings + named.flatMap { $0.statistics.warnings(column: $0.name) }
            + Suggestions.labels(named).map { name in
                let isSign = byName[name]?.isSign == true
                return Warning(
                    .labelColumn, .warning,
                    "'\(name)' has \(isSign ? "-1 or 1" : "0 or 1") in each row and is named like labels of "
                        + "anomalies, but is used as a feature: a model would learn the labels. "
                        + (isSign
                            ? "Leave the column out with ignore, or write 1 for anomalies and 0 for other "
                                + "rows and name it in exclude."
                            : "Name it in exclude, so that these rows are left out, or leave the column out "
                                + "with ignore."),
                    columns: [name])
            }
        suggestions = Suggestions(
            named, time: self.time, labels: table.lines != nil && table.flags.isEmpty,
            recordings: table.lines != nil && !table.columns.contains { $0.role == .recording },
            interval: table.intervalOfOwnTimes,
            lacksValues: table.warnings.contains { $0.code == .missingValues },
            timesteps: timesteps == nil ? Period.timesteps(for: table, statistics) : nil)
        defaultTimesteps = Period.defaultTimesteps(for: table)
        preview = previewPoints.map { Preview(table, maxPoints: $0) }
    }

    /// Adds what is odd about the windows that were cut from the rows.
    public mutating func add(_ warnings: some Sequence<Warning>) { self.warnings += warnings }
}
