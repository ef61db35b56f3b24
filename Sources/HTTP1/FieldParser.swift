/// Reads `field-name ":" OWS field-value OWS` (RFC 9112, 5).
enum FieldParser {
    static func parse(
        _ line: UnsafeRawBufferPointer, isFirst: Bool
    ) throws(ParseError) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if let first = line.first, first.isBlank {
            // RFC 9112, 2.2 and 5.2: whitespace before the first field, and line folding after it.
            throw isFirst
                ? .bad("there is whitespace before the first field")
                : .bad("a field line is folded; send each field on one line")
        }
        let token = ByteSet.token
        var end = 0
        while end < line.count, token.contains(line[end]) { end += 1 }
        guard end < line.count else { throw .bad("a field line has no colon") }
        guard line[end] == UInt8(ascii: ":") else {
            // RFC 9112, 5.1: no whitespace is allowed between the name and the colon.
            throw line[end].isBlank
                ? .bad("a field name contains or is followed by whitespace")
                : .bad("a field name contains a character that is not allowed in a token")
        }
        guard end > 0 else { throw .bad("a field line has no field name") }
        return (line.slice(0, end), line.slice(end + 1, line.count).trimmed)
    }
}
