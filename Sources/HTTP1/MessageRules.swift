/// The rules for the fields that determine a request's framing, connection and host. Fields are recorded as
/// they arrive; rules that concern several fields are checked when the header section is complete.
struct MessageRules {
    /// How the body is framed (RFC 9112, 6.3).
    enum Framing: Hashable {
        case length(Int)
        case chunked
    }

    private var hostCount = 0
    private var contentLength: Int?
    private var transferEncoding: ParseError??
    private var hasContentType = false
    private var hasConnectionClose = false
    private var hasConnectionKeepAlive = false

    /// Whether the client waits for 100 (Continue) before it sends the body.
    private(set) var expectsContinue = false

    /// Whether the connection may serve another request (RFC 9112, 9.3).
    func keepsAlive(minorVersion: Int) -> Bool {
        !hasConnectionClose && (minorVersion >= 1 || hasConnectionKeepAlive)
    }

    /// Records one field. Throws errors that make the framing unreliable; stores others as the line's
    /// `refusal`.
    mutating func record(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, line: inout RequestLine
    ) throws(ParseError) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"): try recordHost(value)
        case 6 where name.equalsIgnoringCase("expect"): recordExpect(value, &line)
        case 10 where name.equalsIgnoringCase("connection"): recordConnection(value)
        case 12 where name.equalsIgnoringCase("content-type"):
            if hasContentType { line.refuse(.bad("the request has more than one Content-Type field")) }
            hasContentType = true
        case 14 where name.equalsIgnoringCase("content-length"): try recordContentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"): try recordTransferEncoding(value)
        default: break
        }
    }

    /// Returns the framing of the body. To be called when all fields have been recorded.
    func framing(line: inout RequestLine) throws(ParseError) -> Framing {
        // RFC 9112, 3.2: an HTTP/1.1 request must have exactly one Host field.
        guard hostCount == 1 || line.minorVersion == 0 else { throw .bad("the request has no Host field") }
        if let transferEncoding {
            // RFC 9112, 6.1: both fields together may be an attempt at request smuggling.
            guard contentLength == nil else {
                throw .bad("the request has both Transfer-Encoding and Content-Length; send one of them")
            }
            // RFC 9112, 6.1: HTTP/1.0 has no transfer codings; the framing must be treated as faulty.
            guard line.minorVersion >= 1 else {
                throw .bad("HTTP/1.0 has no Transfer-Encoding; send Content-Length")
            }
            if let error = transferEncoding { throw error }
            return .chunked
        }
        return .length(contentLength ?? 0)
    }

    /// Host must be valid even if the target has an authority, which replaces it (RFC 9112, 3.2.2).
    private mutating func recordHost(_ value: UnsafeRawBufferPointer) throws(ParseError) {
        hostCount += 1
        guard hostCount == 1 else { throw .bad("the request has more than one Host field") }
        guard HostParser.isValid(value) else { throw .bad("the Host field is not a valid host") }
    }

    /// Expect is a list, whose empty elements count as absent (RFC 9110, 5.6.1.2). `100-continue` is the only
    /// expectation that is defined (RFC 9110, 10.1.1); HTTP/1.0 has none.
    private mutating func recordExpect(_ value: UnsafeRawBufferPointer, _ line: inout RequestLine) {
        guard line.minorVersion >= 1 else { return }
        value.forEachListElement { expectation in
            if expectation.equalsIgnoringCase("100-continue") {
                expectsContinue = true
            } else if !expectation.isEmpty {
                line.refuse(
                    ParseError(.expectationFailed, "the Expect field has a value other than 100-continue"))
            }
        }
    }

    private mutating func recordConnection(_ value: UnsafeRawBufferPointer) {
        value.forEachListElement { option in
            if option.equalsIgnoringCase("close") { hasConnectionClose = true }
            if option.equalsIgnoringCase("keep-alive") { hasConnectionKeepAlive = true }
        }
    }

    /// Content-Length = 1*DIGIT (RFC 9110, 8.6). Lists, even of equal numbers, repeated fields and leading
    /// zeros are refused, because another recipient on the path may interpret them differently.
    private mutating func recordContentLength(_ value: UnsafeRawBufferPointer) throws(ParseError) {
        guard contentLength == nil else { throw .bad("the request has more than one Content-Length field") }
        guard !value.isEmpty, value.allSatisfy(\.isDigit) else {
            throw .bad("Content-Length is not a decimal number")
        }
        guard value.count == 1 || value[0] != UInt8(ascii: "0") else {
            throw .bad("Content-Length has leading zeros")
        }
        // 18 digits always fit an Int; longer numbers exceed every limit.
        guard value.count <= 18 else {
            throw .bodyTooLong
        }
        contentLength = value.reduce(0) { $0 * 10 + Int($1 &- 48) }
    }

    private mutating func recordTransferEncoding(_ value: UnsafeRawBufferPointer) throws(ParseError) {
        guard transferEncoding == nil else {
            throw .bad("the request has more than one Transfer-Encoding field")
        }
        transferEncoding = .some(Self.transferEncodingError(value))
    }

    /// Returns the error for a Transfer-Encoding other than `chunked` (RFC 9112, 6.1 and 7); `nil` for
    /// `chunked`.
    private static func transferEncodingError(_ value: UnsafeRawBufferPointer) -> ParseError? {
        if value.equalsIgnoringCase("chunked") { return nil }
        var error: ParseError?
        var chunkedSeen = false
        value.forEachListElement { coding in
            if coding.isEmpty || !ByteSet.token.containsAll(coding) {
                error = error ?? .bad("Transfer-Encoding is malformed")
            }
            if chunkedSeen { error = error ?? .bad("chunked is not the last transfer coding") }
            chunkedSeen = chunkedSeen || coding.equalsIgnoringCase("chunked")
        }
        return error
            ?? ParseError(.notImplemented, "this server implements no transfer coding other than chunked")
    }
}

extension RequestLine {
    /// Records why the request will be refused. The first reason is kept.
    mutating func refuse(_ error: ParseError) {
        refusal = refusal ?? error
    }
}
