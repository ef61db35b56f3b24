/// Something odd about data, a model or scores that the server accepted.
public struct ServerWarning: Decodable, Sendable, Equatable {
    /// The kind, such as `monotone_column`; openapi.yaml lists all kinds.
    public let code: String
    /// `info`, `warning` or `error`.
    public let level: String
    /// What was seen, and what to do.
    public let message: String
    /// The names of the columns concerned; nil if it does not concern columns.
    public let columns: [String]?
    /// The first and the last row of each stretch concerned; nil if it does not concern rows.
    public let rows: [[Int]]?
}
