/// Reads the request target in each of its forms (RFC 9112, 3.2), with the characters of RFC 3986 and no
/// others. Its errors leave the message's framing intact.
enum TargetParser {
    struct Parsed {
        let target: RequestTarget
        /// The authority of the absolute-form, `nil` otherwise.
        let authority: String?
    }

    static func parse(_ bytes: UnsafeRawBufferPointer, isOptions: Bool) throws(ParseError) -> Parsed {
        switch bytes.first {
        case UInt8(ascii: "/"):
            return Parsed(target: try originForm(bytes), authority: nil)
        case UInt8(ascii: "*") where bytes.count == 1:
            // RFC 9112, 3.2.4: the asterisk-form is for OPTIONS alone.
            guard isOptions else { throw .bad("the target * is for OPTIONS alone") }
            return Parsed(target: RequestTarget(path: bytes, query: nil), authority: nil)
        default:
            return try absoluteForm(bytes)
        }
    }

    /// RFC 9112, 3.2.2: a server must accept the absolute-form although only proxies are sent it.
    private static func absoluteForm(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Parsed {
        let scheme =
            if bytes.count >= 7, bytes.part(0, 7).equalsIgnoringCase("http://") {
                7
            } else if bytes.count >= 8, bytes.part(0, 8).equalsIgnoringCase("https://") {
                8
            } else {
                throw .bad("the target is neither a path nor an http URI")
            }
        let rest = bytes.part(scheme, bytes.count)
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.count
        let authority = rest.part(0, end)
        guard !authority.isEmpty, HostParser.isValid(authority) else {
            throw .bad("the target's authority is no host")
        }
        return Parsed(
            target: try originForm(rest.part(end, rest.count)),
            authority: String(decoding: authority, as: UTF8.self))
    }

    private static func originForm(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> RequestTarget {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"))
        let path = bytes.part(0, mark ?? bytes.count)
        let query = mark.map { bytes.part($0 + 1, bytes.count) }
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
                case UInt8(ascii: "#"): throw .bad("a fragment in the target")
                case UInt8(ascii: "\\"): throw .bad("a backslash in the target")
                default: throw .bad("a character in the target that must be percent-encoded")
                }
            }
            if byte == UInt8(ascii: "%") {
                // RFC 3986, 2.1
                guard index + 2 < bytes.count, let high = bytes[index + 1].hexadecimal,
                    let low = bytes[index + 2].hexadecimal
                else { throw .bad("a percent sign in the target without two hexadecimal digits") }
                guard high | low != 0 else { throw .bad("an encoded NUL in the target") }
                index += 3
            } else {
                index += 1
            }
        }
    }
}
