/// Whether the score of a row depends on later rows.
public enum RowMode: String, Sendable, CaseIterable {
    /// It does not, so that it is available as soon as the row arrives.
    case causal
    /// It does, as for a series that is complete.
    case whole
}
