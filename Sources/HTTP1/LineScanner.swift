/// Finds the end of a line, however the bytes come in: it remembers how far it has looked, so that a line
/// that arrives byte by byte costs no more than one that arrives whole.
struct LineScanner {
    enum Outcome {
        case incomplete
        /// The line's length without its CRLF.
        case line(length: Int)
        case tooLong
    }

    private var scanned = 0

    /// Looks at `bytes`, which begin where the line begins.
    ///
    /// A line ends with CRLF and nothing else. RFC 9112, 2.2 would let a recipient take a bare LF for a
    /// line end; this server doesn't, as two readings of one message are what request smuggling is made of.
    mutating func scan(
        _ bytes: UnsafeRawBufferPointer, limit: Int, allowsText: Bool
    ) throws(ParseError) -> Outcome {
        let end = bytes.count
        var index = scanned
        let bound = min(end, limit)
        while index < bound {
            let byte = bytes[index]
            // Field values may hold tabs and obs-text (RFC 9110, 5.5); a request line may not.
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
            guard bytes[index + 1] == 0x0a else { throw .bad("a carriage return without a line feed") }
            scanned = 0
            return .line(length: index)
        case 0x0a: throw .bad("a line feed without a carriage return")
        case 0x00: throw .bad("a NUL character")
        case 0x00...0x08, 0x0b...0x1f, 0x7f: throw .bad("a control character")
        case _ where index >= limit: return .tooLong
        case 0x09: throw .bad("a tab in the request line")
        default: throw .bad("a character outside ASCII in the request line")
        }
    }
}
