/// Reads `method SP request-target SP HTTP-version` (RFC 9112, 3).
struct RequestLine {
    /// `nil` when the line can't be served although the message can be read to its end.
    var method: Method?
    var target: RequestTarget?
    var authority: String?
    var minorVersion = 1
    var refusal: ParseError?
}

enum RequestLineParser {
    /// The longest method that is looked at. A longer one is no method of anyone's.
    private static let longestMethod = 32

    static func parse(_ line: UnsafeRawBufferPointer) throws(ParseError) -> RequestLine {
        let (method, target, version) = try split(line)
        var result = RequestLine()
        // The version comes first: what the rest means depends on it, as with the preface of HTTP/2.
        result.minorVersion = try minorVersion(version)
        guard ByteSet.token.containsAll(method) else { throw .bad("a method that is no token") }
        guard method.count <= longestMethod else { throw unknownMethod }
        do throws(ParseError) {
            // RFC 9110, 9.1: a method that isn't implemented is 501. Methods are case-sensitive.
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

    /// The error for a line that is longer than the limit. RFC 9112, 3: 501 if it is the method that is too
    /// long, 414 if it is the target.
    static func tooLong(_ start: UnsafeRawBufferPointer) -> ParseError {
        start.contains(UInt8(ascii: " "))
            ? ParseError(.uriTooLong, "the request line is too long") : unknownMethod
    }

    private static var unknownMethod: ParseError {
        ParseError(.notImplemented, "a method that this server does not implement")
    }

    /// RFC 9112, 3 allows to split at any whitespace; this server splits at single spaces only.
    private static func split(
        _ line: UnsafeRawBufferPointer
    ) throws(ParseError) -> (UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space) else {
            throw .bad("a request line without a target")
        }
        guard let last = line.lastIndex(of: space), last > first else {
            throw .bad("a request line of two parts: the target or the version is missing")
        }
        let target = line.part(first + 1, last)
        guard first > 0 else { throw .bad("a space before the method") }
        guard last + 1 < line.count else { throw .bad("a space at the end of the request line") }
        guard let head = target.first, head != space, target[target.count - 1] != space else {
            throw .bad("two spaces between the parts of the request line")
        }
        guard !target.contains(space) else { throw .bad("a space in the target") }
        return (line.part(0, first), target, line.part(last + 1, line.count))
    }

    /// HTTP-version = "HTTP/" DIGIT "." DIGIT (RFC 9112, 2.3); the name is case-sensitive.
    private static func minorVersion(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int {
        guard bytes.count == 8, bytes.part(0, 5).equals("HTTP/"), bytes[5].isDigit,
            bytes[6] == UInt8(ascii: "."), bytes[7].isDigit
        else { throw .bad("a version that is not of the form HTTP/1.1") }
        guard bytes[5] == UInt8(ascii: "1") else {
            throw ParseError(.httpVersionNotSupported, "a major version other than HTTP/1")
        }
        // RFC 9110, 2.5: a higher minor version is served as the highest one known.
        return bytes[7] == UInt8(ascii: "0") ? 0 : 1
    }
}
