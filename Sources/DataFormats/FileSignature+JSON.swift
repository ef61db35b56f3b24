extension FileSignature {
    /// Throws the error for a body that was declared JSON, but is in another format that is recognized. Text
    /// that begins as JSON does is left to a parser, whose message has the place.
    /// - Throws: ``TableError`` of kind `.gzip` or `.format`.
    package static func checkDeclaredJSON(_ bytes: [UInt8]) throws(TableError) {
        if isUTF16(bytes) {
            throw TableError(
                "the body is encoded in UTF-16 or UTF-32; JSON must be UTF-8", kind: .format)
        }
        if case .lines = JSONForm(bytes) {
            throw TableError("the body is \(JSONForm.lines.description)", kind: .format)
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let first = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { return }
        try checkText(bytes)
        let line = text.prefix(maxLine).prefix { $0 != 0x0A && $0 != 0x0D }
        if line.contains(where: { separators.contains($0) }) {
            throw TableError(
                "the body is not JSON, and looks like CSV; send CSV with Content-Type: text/csv",
                kind: .format)
        }
    }

    /// The maximum length of a first line that is looked at.
    private static let maxLine = 1 << 16
    private static let separators = Set(",;\t|".utf8)

    /// Whether text begins with a byte order mark of UTF-16, or with an ASCII character in UTF-16 or UTF-32.
    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return false }
        return [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(bytes[..<2])) || (bytes[0] == 0) != (bytes[1] == 0)
    }
}
