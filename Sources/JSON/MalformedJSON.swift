import CSimdJSON

/// Creates the errors of bodies that are not JSON. Offsets are in bytes, counted from 0.
enum MalformedJSON {
    static let empty = JSONError(
        .malformed, "the body is empty; send a JSON object such as {\"model\": \"toy\"}")

    static func error(_ detail: String) -> JSONError {
        JSONError(.malformed, detail)
    }

    /// Returns the error of a body that simdjson refused as a whole, with the place, which simdjson does not
    /// report.
    static func error(_ status: csimdjson_status, in body: UnsafeBufferPointer<UInt8>) -> JSONError {
        switch status {
        case .empty:
            return body.isEmpty
                ? empty
                : error(
                    "the body has only white space; send a JSON object such as {\"model\": \"toy\"}")
        case .invalidUtf8:
            return error(
                "the body is not UTF-8: \(UTF8Fault(in: body).description); JSON must be UTF-8")
        case .unclosedString:
            let place = StringScan(body).openQuote.map { " that begins at byte \($0)" } ?? ""
            return error(
                "the body ends inside the string\(place); either a '\"' is missing or the body was cut off")
        case .controlCharacter:
            let place = StringScan(body).controlCharacter.map { " at byte \($0)" } ?? ""
            return error(
                "a string holds a raw control character\(place); write it as an escape such as \\n or \\u0000"
            )
        case .noMemory, .tooLarge:
            return JSONError(
                .invalid, "the body of \(body.count) bytes is too large to read; send it in parts")
        default:
            return error("the body is not JSON")
        }
    }

    /// Returns the error of a token that is not allowed at its place.
    /// - Parameter expected: what is allowed there, such as "a value".
    static func error(
        _ token: csimdjson_token, expected: String, in body: UnsafeBufferPointer<UInt8>
    ) -> JSONError {
        let place = "at byte \(token.offset)"
        switch token.kind {
        case .end:
            return error(
                "the body ends at byte \(token.offset); expected \(expected). Was it cut off?")
        case .badEscape:
            return error(
                "the string \(place) has a bad escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and "
                    + "\\uXXXX, with surrogates only in pairs")
        case .badNumber:
            return error(
                "\(source(token, in: body)) \(place) is not a number that JSON allows"
                    + numberHint(token, in: body)
            )
        case .hugeNumber:
            return JSONError(
                .invalid, "the number \(source(token, in: body)) \(place) is beyond the range of a double")
        case .unknown:
            return error(
                "\(source(token, in: body)) \(place) is not JSON; expected \(expected)"
                    + unknownHint(token, in: body)
            )
        default:
            return error("found \(name(token, in: body)) \(place); expected \(expected)")
        }
    }

    /// Returns a token in words.
    static func name(_ token: csimdjson_token, in body: UnsafeBufferPointer<UInt8>) -> String {
        switch token.kind {
        case .string: "a string"
        default: source(token, in: body)
        }
    }

    /// Returns the token's source text, quoted and truncated.
    static func source(_ token: csimdjson_token, in body: UnsafeBufferPointer<UInt8>) -> String {
        Quote.text(String(decoding: sourceBytes(token, in: body), as: UTF8.self))
    }

    private static func sourceBytes(
        _ token: csimdjson_token, in body: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        let longest = body[token.offset...].prefix(4 * Quote.limit)
        let delimiters: Set<UInt8> = Set(",:[]{}\" \t\r\n".utf8)
        guard let first = longest.first, !delimiters.contains(first) else { return longest.prefix(1) }
        return longest.prefix { !delimiters.contains($0) }
    }

    private static func numberHint(_ token: csimdjson_token, in body: UnsafeBufferPointer<UInt8>) -> String {
        let text = sourceBytes(token, in: body)
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        if digits.first == UInt8(ascii: "0"), let second = digits.dropFirst().first,
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= second
        {
            return "; write it without leading zeros"
        }
        if digits.first == UInt8(ascii: "I") {
            return "; JSON has no Infinity"
        }
        return ", such as 12, -0.5 or 1e-3"
    }

    private static func unknownHint(_ token: csimdjson_token, in body: UnsafeBufferPointer<UInt8>) -> String {
        let text = String(decoding: sourceBytes(token, in: body), as: UTF8.self)
        if text.hasPrefix("/") || text.hasPrefix("#") { return " (JSON has no comments)" }
        if text.hasPrefix("'") { return " (strings are in double quotes)" }
        if text.hasPrefix("+") || text.hasPrefix(".") { return " (numbers start with a digit or -)" }
        switch text {
        case "NaN", "nan", "None", "undefined": return " (write null for a missing value)"
        case "Infinity", "inf": return " (JSON has no Infinity)"
        case "True", "False": return " (write \(text.lowercased()))"
        default: return ""
        }
    }
}
