/// A CSV document that cannot be read as a table of numbers.
public struct CSVError: Error, Equatable, Sendable {
    /// The line, counted from 1 as editors do; a row counts as the line that it begins on.
    public let line: Int
    /// What is wrong there and what would be right.
    public let detail: String

    /// An error at a line.
    package init(line: Int, detail: String) {
        self.line = line
        self.detail = detail
    }
}

extension CSVError: CustomStringConvertible {
    /// The line and the detail, in one line.
    public var description: String { "line \(line): \(detail)" }
}
