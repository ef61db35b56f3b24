/// The error for bytes that cannot be read as a table.
public struct TableError: Error, Equatable, Sendable {
    /// What a caller may do about the error.
    public enum Kind: Sendable, Equatable {
        /// The bytes are compressed with gzip: decompress them and read the result.
        case gzip
        /// The bytes are in a format that is not read, such as a workbook of Excel, or in another format than
        /// announced.
        case format
        /// The table has to be corrected, or an option is missing or does not fit.
        case content
    }

    /// What a caller may do about it.
    public let kind: Kind
    /// The line, counted from 1 as in editors; nil if the error is not in a line of text. For a row of
    /// several lines it is the first.
    public let line: Int?
    /// The row, counted from 0; nil if the error is not in a row of data, or a CSV document has a `line`.
    public let row: Int?
    /// The name of the column; nil if the error is not in one column.
    public let column: String?
    /// The cell as it was sent; nil if the error is not in one cell.
    public let cell: String?
    /// What is wrong, and what would be right: a sentence without the line and without a full stop. It names
    /// the column and the cell, if there are any.
    public let detail: String
    /// Options with which the table may be read, the likeliest first.
    public let remedies: [Remedy]

    init(
        _ detail: String, kind: Kind = .content, line: Int? = nil, row: Int? = nil, column: String? = nil,
        cell: String? = nil, remedies: [Remedy] = []
    ) {
        self.kind = kind
        self.line = line
        self.row = row
        self.column = column
        self.cell = cell
        self.detail = detail
        self.remedies = remedies
    }
}

extension TableError: CustomStringConvertible {
    /// The line or row and the detail, as one line of text.
    public var description: String {
        if let line { return "line \(line): \(detail)" }
        if let row { return "row \(row): \(detail)" }
        return detail
    }

    /// Returns text in quotes for a message: at most 40 characters, in one line.
    static func quoted(_ text: String) -> String { "'\(escaped(text))'" }

    /// Returns at most 40 characters of a text, with escapes for quotes and for characters that are not
    /// visible.
    static func escaped(_ text: String) -> String {
        let maxLength = 40
        var result = ""
        for character in text.unicodeScalars.prefix(maxLength) {
            let isVisible =
                switch character.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            result += character.escaped(asASCII: !isVisible)
        }
        return result + (text.unicodeScalars.count > maxLength ? "…" : "")
    }
}
