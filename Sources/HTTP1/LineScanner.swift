/// Finds the end of a line that arrives in pieces. It remembers how far it has scanned, so that a line that
/// arrives byte by byte is scanned only once.
struct LineScanner {
    enum Outcome {
        case incomplete
        /// The line's length without its CRLF.
        case line(length: Int)
        case tooLong
    }

    private var scanned = 0

    /// Scans `bytes`, which must begin at the start of the line.
    ///
    /// Only CRLF ends a line. RFC 9112, 2.2 allows a recipient to accept a bare LF as a line end; this server
    /// does not, because request smuggling exploits different interpretations of the same message.
    ///
    /// - Parameters:
    ///   - limit: the maximum length of the line without its CRLF.
    ///   - allowsText: whether tabs and bytes outside ASCII are allowed.
    ///
    /// Throws 400 for a character that is not allowed.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, limit: Int, allowsText: Bool
    ) throws(ParseError) -> Outcome {
        let end = bytes.count
        var index = scanned
        let bound = min(end, limit)
        while index < bound {
            let byte = bytes[index]
            // Field values may contain tabs and obs-text (RFC 9110, 5.5); a request line may not.
            guard byte &- 0x20 < 0x5f || (allowsText && (byte >= 0x80 || byte == 0x09)) else {
                break
            }
            index += 1
        }
        scanned = index
        guard index < end else { return .incomplete }
        switch bytes[index] {
        case 0x0d:
            guard index + 1 < end else { return .incomplete }
            // RFC 9112, 2.2: a bare CR is invalid.
            guard bytes[index + 1] == 0x0a else {
                throw .bad("a carriage return is not followed by a line feed; end each line with CRLF")
            }
            scanned = 0
            return .line(length: index)
        case 0x0a: throw .bad("a line feed is not preceded by a carriage return; end each line with CRLF")
        case 0x00: throw .bad("a line contains a NUL character")
        case 0x00...0x08, 0x0b...0x1f, 0x7f: throw .bad("a line contains a control character")
        case _ where index >= limit: return .tooLong
        case 0x09: throw .bad("the request line contains a tab")
        default: throw .bad("the request line contains a character outside ASCII; percent-encode it")
        }
    }
}
