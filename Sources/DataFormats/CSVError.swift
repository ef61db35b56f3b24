/// The error for a CSV document that cannot be read as a table of numbers.
public struct CSVError: Error, Equatable, Sendable {
    /// The line, counted from 1 as in editors. For a row of several lines it is the first.
    public let line: Int
    /// What is wrong in the line, and what is expected.
    public let detail: String

    /// Creates an error for a line, counted from 1.
    package init(line: Int, detail: String) {
        self.line = line
        self.detail = detail
    }
}

extension CSVError: CustomStringConvertible {
    /// The line number and the detail as one line of text.
    public var description: String { "line \(line): \(detail)" }
}
