/// Parses the forms of a request target (RFC 9112, 3.2). Accepts only the characters that RFC 3986 allows and
/// those that browsers send in spite of it. An error does not affect the framing of the message.
enum TargetParser {
    struct Parsed {
        let target: RequestTarget
        /// The authority of an absolute-form target; `nil` for other forms.
        let authority: String?
    }

    static func parse(_ bytes: UnsafeRawBufferPointer, isOptions: Bool) throws(ParseError) -> Parsed {
        switch bytes.first {
        case UInt8(ascii: "/"):
            return Parsed(target: try originForm(bytes), authority: nil)
        case UInt8(ascii: "*") where bytes.count == 1:
            // RFC 9112, 3.2.4: only OPTIONS may have the asterisk-form.
            guard isOptions else { throw .bad("only OPTIONS may have the target *") }
            return Parsed(target: RequestTarget(path: bytes, query: nil), authority: nil)
        default:
            return try absoluteForm(bytes)
        }
    }

    /// RFC 9112, 3.2.2: a server must accept the absolute-form, although clients send it to proxies only.
    private static func absoluteForm(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Parsed {
        let scheme =
            if bytes.count >= 7, bytes.slice(0, 7).equalsIgnoringCase("http://") {
                7
            } else if bytes.count >= 8, bytes.slice(0, 8).equalsIgnoringCase("https://") {
                8
            } else {
                throw .bad("the target is neither a path nor an http URI")
            }
        let rest = bytes.slice(scheme, bytes.count)
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.count
        let authority = rest.slice(0, end)
        guard !authority.isEmpty, HostParser.isValid(authority) else {
            throw .bad("the host of the target is not valid")
        }
        return Parsed(
            target: try originForm(rest.slice(end, rest.count)),
            authority: String(decoding: authority, as: UTF8.self))
    }

    private static func originForm(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> RequestTarget {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        let path = bytes.slice(0, mark ?? bytes.count)
        let query = mark.map { bytes.slice($0 + 1, bytes.count) }
        try check(path, against: .path)
        if let query { try check(query, against: .query) }
        return RequestTarget(path: path, query: query)
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, against set: ByteSet
    ) throws(ParseError) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard set.contains(byte) else {
                switch byte {
                case UInt8(ascii: "#"): throw .bad("the target contains a fragment (#)")
                case UInt8(ascii: "\\"): throw .bad("the path contains a backslash")
                default: throw .bad("the target contains a character that must be percent-encoded")
                }
            }
            if byte == UInt8(ascii: "%") {
                // RFC 3986, 2.1
                guard index + 2 < bytes.count, let high = bytes[index + 1].hexadecimal,
                    let low = bytes[index + 2].hexadecimal
                else { throw .bad("a percent sign in the target is not followed by two hexadecimal digits") }
                guard high | low != 0 else { throw .bad("the target contains an encoded NUL") }
                index += 3
            } else {
                index += 1
            }
        }
    }
}
