/// What the fields of a request say about its framing, its connection and its host, gathered while they
/// come in and judged when the header section is complete.
struct MessageRules {
    /// How the body is framed (RFC 9112, 6.3).
    enum Framing: Hashable {
        case length(Int)
        case chunked
    }

    private var hostCount = 0
    private var hostMatches = true
    private var contentLength: Int?
    private var transferEncoding: ParseError??
    private var hasContentType = false
    private var asksToClose = false
    private var asksToKeep = false

    /// The client waits for 100 (Continue) before it sends its body.
    private(set) var expectsContinue = false

    /// Whether the connection may serve another request (RFC 9112, 9.3).
    func keepsAlive(minorVersion: Int) -> Bool {
        !asksToClose && (minorVersion >= 1 || asksToKeep)
    }

    /// Looks at one field. Errors that leave the framing intact go to the line's `refusal`.
    mutating func note(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, line: inout RequestLine
    ) throws(ParseError) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"): try noteHost(value, line)
        case 6 where name.equalsIgnoringCase("expect"): noteExpect(value, &line)
        case 10 where name.equalsIgnoringCase("connection"): noteConnection(value)
        case 12 where name.equalsIgnoringCase("content-type"):
            if hasContentType { line.refuse(.bad("two Content-Type fields")) }
            hasContentType = true
        case 14 where name.equalsIgnoringCase("content-length"): try noteContentLength(value)
        case 17 where name.equalsIgnoringCase("transfer-encoding"): try noteTransferEncoding(value)
        default: break
        }
    }

    /// The framing of the body, when all fields have been seen.
    func framing(line: inout RequestLine, bodyLimit: Int) throws(ParseError) -> Framing {
        // RFC 9112, 3.2: a request of HTTP/1.1 has exactly one Host field.
        guard hostCount == 1 || line.minorVersion == 0 else { throw .bad("no Host field") }
        if !hostMatches { line.refuse(.bad("the target's authority differs from the Host field")) }
        if let transferEncoding {
            // RFC 9112, 6.1: both together are likely an attempt at smuggling.
            guard contentLength == nil else {
                throw .bad("both Transfer-Encoding and Content-Length")
            }
            // RFC 9112, 6.1: HTTP/1.0 knows no transfer codings; its framing is faulty.
            guard line.minorVersion >= 1 else { throw .bad("Transfer-Encoding in HTTP/1.0") }
            if let error = transferEncoding { throw error }
            return .chunked
        }
        guard let contentLength else { return .length(0) }
        guard contentLength <= bodyLimit else {
            throw ParseError(.contentTooLarge, "the body is longer than the limit")
        }
        return .length(contentLength)
    }

    private mutating func noteHost(
        _ value: UnsafeRawBufferPointer, _ line: RequestLine
    ) throws(ParseError) {
        hostCount += 1
        guard hostCount == 1 else { throw .bad("two Host fields") }
        guard HostParser.isValid(value) else { throw .bad("a Host field that is no host") }
        // RFC 9112, 3.2.2: the target's authority is the host; a client must send the same in Host.
        if var authority = line.authority {
            hostMatches = authority.withUTF8 { UnsafeRawBufferPointer($0).equalsIgnoringCase(value) }
        }
    }

    /// RFC 9110, 10.1.1: `100-continue` is the only expectation there is; HTTP/1.0 has none.
    private mutating func noteExpect(_ value: UnsafeRawBufferPointer, _ line: inout RequestLine) {
        guard line.minorVersion >= 1 else { return }
        if value.equalsIgnoringCase("100-continue") {
            expectsContinue = true
        } else {
            line.refuse(ParseError(.expectationFailed, "an expectation other than 100-continue"))
        }
    }

    private mutating func noteConnection(_ value: UnsafeRawBufferPointer) {
        value.forEachListElement { option in
            if option.equalsIgnoringCase("close") { asksToClose = true }
            if option.equalsIgnoringCase("keep-alive") { asksToKeep = true }
        }
    }

    /// Content-Length = 1*DIGIT (RFC 9110, 8.6). Lists, even of equal numbers, repeated fields and leading
    /// zeros are refused: whoever else reads the message may read them differently.
    private mutating func noteContentLength(_ value: UnsafeRawBufferPointer) throws(ParseError) {
        guard contentLength == nil else { throw .bad("two Content-Length fields") }
        guard !value.isEmpty, value.allSatisfy(\.isDigit) else {
            throw .bad("a Content-Length that is no number")
        }
        guard value.count == 1 || value[0] != UInt8(ascii: "0") else {
            throw .bad("a Content-Length with leading zeros")
        }
        // 18 digits always fit; more are beyond any limit.
        guard value.count <= 18 else {
            throw ParseError(.contentTooLarge, "the body is longer than the limit")
        }
        contentLength = value.reduce(0) { $0 * 10 + Int($1 &- 48) }
    }

    private mutating func noteTransferEncoding(_ value: UnsafeRawBufferPointer) throws(ParseError) {
        guard transferEncoding == nil else { throw .bad("two Transfer-Encoding fields") }
        transferEncoding = .some(Self.objection(toTransferEncoding: value))
    }

    /// What is wrong with a Transfer-Encoding other than `chunked` (RFC 9112, 6.1 and 7).
    private static func objection(toTransferEncoding value: UnsafeRawBufferPointer) -> ParseError? {
        if value.equalsIgnoringCase("chunked") { return nil }
        var error: ParseError?
        var chunkedSeen = false
        value.forEachListElement { coding in
            if coding.isEmpty || !ByteSet.token.containsAll(coding) {
                error = error ?? .bad("a malformed Transfer-Encoding")
            }
            if chunkedSeen { error = error ?? .bad("a Transfer-Encoding where chunked is not the last") }
            chunkedSeen = chunkedSeen || coding.equalsIgnoringCase("chunked")
        }
        return error ?? ParseError(.notImplemented, "a transfer coding other than chunked")
    }
}

extension RequestLine {
    /// Notes why the request will be refused; the first reason stands.
    mutating func refuse(_ error: ParseError) {
        refusal = refusal ?? error
    }
}
