/// A request line. If it cannot be served, `refusal` says why, and the message can still be read to its end.
struct RequestLine {
    /// `nil` if it is not implemented.
    var method: Method?
    /// `nil` if it is invalid, or the method is not implemented.
    var target: RequestTarget?
    /// The authority of an absolute-form target; `nil` for other forms.
    var authority: String?
    var minorVersion = 1
    var refusal: ParseError?
}

/// Parses `method SP request-target SP HTTP-version` (RFC 9112, 3).
enum RequestLineParser {
    /// Maximum length of a method. A longer one is an error that closes the connection.
    private static let maxMethodLength = 32

    /// Throws errors after which the connection must close. Others are in the line's `refusal`.
    static func parse(_ line: UnsafeRawBufferPointer) throws(ParseError) -> RequestLine {
        let (method, target, version) = try split(line)
        var result = RequestLine()
        // Check the version first, because the rest depends on it: the HTTP/2 preface must get 505, for
        // example.
        result.minorVersion = try minorVersion(version)
        guard ByteSet.token.containsAll(method) else {
            throw .bad("the method contains a character that is not allowed in a token")
        }
        guard method.count <= maxMethodLength else { throw unknownMethod }
        do throws(ParseError) {
            // RFC 9110, 9.1: 501 for a method that is not implemented. Methods are case-sensitive.
            guard let method = Method(implemented: method) else { throw unknownMethod }
            result.method = method
            let parsed = try TargetParser.parse(target, isOptions: method == .options)
            result.target = parsed.target
            result.authority = parsed.authority
        } catch {
            result.refusal = error
        }
        return result
    }

    /// The error for a line that exceeds the limit. RFC 9112, 3: 501 if the method is too long, 414 if the
    /// target is.
    ///
    /// - Parameter start: the bytes of the line up to the limit.
    static func tooLong(_ start: UnsafeRawBufferPointer) -> ParseError {
        start.contains(UInt8(ascii: " "))
            ? ParseError(.uriTooLong, "the request line is too long") : unknownMethod
    }

    private static var unknownMethod: ParseError {
        ParseError(.notImplemented, "this server does not implement the method; methods are case-sensitive")
    }

    /// Splits the line at single spaces. RFC 9112, 3 would also allow any other whitespace; this server does
    /// not.
    private static func split(
        _ line: UnsafeRawBufferPointer
    ) throws(ParseError) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space) else {
            throw .bad("the request line has no target")
        }
        guard let last = line.lastIndex(of: space), last > first else {
            throw .bad("the request line has only two parts: the target or the HTTP version is missing")
        }
        let target = line.slice(first + 1, last)
        guard first > 0 else { throw .bad("there is a space before the method") }
        guard last + 1 < line.count else { throw .bad("there is a space at the end of the request line") }
        guard let head = target.first, head != space, target[target.count - 1] != space else {
            throw .bad("there is more than one space between two parts of the request line")
        }
        guard !target.contains(space) else { throw .bad("the target contains a space; percent-encode it") }
        return (line.slice(0, first), target, line.slice(last + 1, line.count))
    }

    /// HTTP-version = "HTTP/" DIGIT "." DIGIT (RFC 9112, 2.3); the name is case-sensitive.
    private static func minorVersion(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int {
        guard bytes.count == 8, bytes.slice(0, 5).equals("HTTP/"), bytes[5].isDigit,
            bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { throw .bad("the HTTP version does not have the form HTTP/1.1") }
        guard bytes[5] == UInt8(ascii: "1") else {
            throw ParseError(.httpVersionNotSupported, "this server implements HTTP/1.1 and HTTP/1.0 only")
        }
        // RFC 9110, 2.5: a higher minor version is treated as the highest one that is implemented.
        return bytes[7] == UInt8(ascii: "0") ? 0 : 1
    }
}
