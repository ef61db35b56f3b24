/// An option with which a table that was refused may be read.
public struct Remedy: Sendable, Equatable {
    /// The options that a remedy names.
    public enum Option: String, Sendable, CaseIterable {
        /// Leaves a column out.
        case ignore
        /// Names the column of the timestamps.
        case timestamp
        /// Names the column that identifies recordings.
        case recording
        /// Says whether the first row has the names of the columns.
        case header
        /// Names the character encoding.
        case charset
        /// Sorts rows by time.
        case order
        /// Merges rows of the same time.
        case duplicates
        /// Resamples rows.
        case interval
        /// Fills missing values.
        case missing
    }

    /// The option.
    public let option: Option
    /// Its value: the name of one column, or a word.
    public let value: String

    /// Creates a remedy.
    public init(_ option: Option, _ value: String) {
        self.option = option
        self.value = value
    }
}
