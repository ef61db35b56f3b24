/// Reads `field-name ":" OWS field-value OWS` (RFC 9112, 5).
enum FieldParser {
    static func parse(
        _ line: UnsafeRawBufferPointer, isFirst: Bool
    ) throws(ParseError) -> (name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if let first = line.first, first.isBlank {
            // RFC 9112, 2.2 and 5.2: whitespace before the first field, and line folding after it.
            throw isFirst ? .bad("whitespace before the first field") : .bad("a folded field line")
        }
        let token = ByteSet.token
        var end = 0
        while end < line.count, token.contains(line[end]) { end += 1 }
        guard end < line.count else { throw .bad("a field line without a colon") }
        guard line[end] == UInt8(ascii: ":") else {
            // RFC 9112, 5.1: no whitespace is allowed between name and colon.
            throw line[end].isBlank
                ? .bad("whitespace in or after a field name") : .bad("a field name that is no token")
        }
        guard end > 0 else { throw .bad("a field without a name") }
        return (line.part(0, end), line.part(end + 1, line.count).trimmed)
    }
}
