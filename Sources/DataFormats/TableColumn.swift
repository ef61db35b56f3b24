/// A column of a table.
public struct TableColumn: Sendable, Equatable {
    /// The name in the header, without blanks around it. A column without a name is `Unnamed: 3`, as in
    /// pandas; columns of a table without a header are `0`, `1`, …: the index counted from 0.
    public let name: String
    /// What the column is used for.
    public let role: ColumnRole
    /// Why it has this role, in a few words: "named by an option", "an index that rises by 1".
    public let reason: String

    /// Creates a column.
    public init(name: String, role: ColumnRole, reason: String) {
        self.name = name
        self.role = role
        self.reason = reason
    }
}

/// What a column of a table is used for.
public enum ColumnRole: String, Sendable, CaseIterable {
    /// A measurement, which a model learns.
    case feature
    /// The times of the rows.
    case timestamp
    /// Flags of the rows, such as labels of anomalies.
    case label
    /// The identifiers of the recordings that the rows belong to.
    case recording
    /// Not used.
    case ignored
}
