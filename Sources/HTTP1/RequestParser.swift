/// An incremental parser for requests: takes bytes and returns an event, asks for more bytes, or throws. It
/// uses neither socket nor clock, and its result does not depend on how the bytes are split.
///
/// After an error is thrown, the rest of the connection cannot be interpreted. An error that concerns one
/// request only is returned as `refused`, and the message can still be read to its end.
package struct RequestParser {
    package enum Event {
        /// More bytes are needed. Bytes that were not consumed are the beginning of a line, and must be
        /// passed again.
        case needMore
        /// The head is complete. Call `next` again for the body, after `discardBody` if it is not needed.
        case head(RequestHead)
        /// The head is complete, but the request cannot be served.
        case refused(ParseError)
        /// The body is complete and available from `takeBody`.
        case complete
        /// The end of a discarded body has been reached.
        case discarded
    }

    private enum State {
        case requestLine
        case fields
        case body(remaining: Int)
        case chunks(ChunkedDecoder)
        case discarding(remaining: Int)
    }

    private let limits: Limits
    private var state = State.requestLine
    private var scanner = LineScanner()
    private var line = RequestLine()
    private var rules = MessageRules()
    private var fields = HeaderFields()
    private var sectionBytes = 0
    private var emptyLines = 0
    private var body: [UInt8] = []
    /// Bytes of the current body that were passed on.
    private var passedBytes = 0
    /// The limit of the current body.
    private var maxBodyBytes = 0

    /// Maximum number of empty lines before a request line.
    private static let maxEmptyLines = 8

    package init(limits: Limits) { self.limits = limits }

    /// Whether a request line has been read, but not the end of the header section.
    package var isInHead: Bool { if case .fields = state { true } else { false } }

    /// Whether a head has been read, but not the end of the body.
    package var isInBody: Bool {
        switch state {
        case .requestLine, .fields: false
        case .body, .chunks, .discarding: true
        }
    }

    /// Whether the current body is being discarded.
    package var isDiscarding: Bool { if case .discarding = state { true } else { false } }

    /// Bytes of the current body that have arrived.
    package var bodyCount: Int { passedBytes + body.count }

    /// Those of them that were not passed on.
    var heldBodyBytes: Int { body.count }

    /// The length of the body, to be read directly after a head; `nil` if the body is chunked.
    package var contentLength: Int? {
        switch state {
        case .body(let remaining), .discarding(let remaining): remaining
        case .requestLine, .fields: 0
        case .chunks: nil
        }
    }

    /// Whether the client waits for 100 (Continue).
    package var expectsContinue: Bool { rules.expectsContinue }

    /// Whether the connection may serve another request (RFC 9112, 9.3). Valid after a head.
    package var keepsAlive: Bool { rules.keepsAlive(minorVersion: line.minorVersion) }

    /// The method of the current request; `nil` if this server does not implement it.
    package var method: Method? { line.method }

    /// The minor version of the current request.
    package var minorVersion: Int { line.minorVersion }

    /// Returns the body after `complete`, without a copy and without the bytes that were passed on.
    package mutating func takeBody() -> [UInt8] {
        passedBytes = 0
        return exchange(&body, with: [])
    }

    /// Replaces the limit for the body that follows a head.
    package mutating func acceptBody(upTo maxBytes: Int) { maxBodyBytes = maxBytes }

    /// Checks the announced length of the body that follows a head. Throws 413 beyond the limit, as `next`
    /// does.
    package func checkBodyLength() throws(ParseError) {
        if case .body(let remaining) = state, remaining > maxBodyBytes - bodyCount { throw .bodyTooLong }
    }

    /// Removes and returns the bytes of the body that have been parsed since the last call.
    mutating func passBody() -> [UInt8] {
        // A copy of the right size; the capacity of `body` is for all of it.
        let bytes = Array(body[...])
        passedBytes += bytes.count
        body.removeAll(keepingCapacity: true)
        return bytes
    }

    /// Discards the body that follows a head. Has an effect only if the request has a Content-Length.
    package mutating func discardBody() {
        guard case .body(let remaining) = state else { return }
        state = .discarding(remaining: remaining)
    }

    /// Parses from `position` on and moves it past the bytes that were consumed. The bytes of the next call
    /// must begin with those that were not consumed.
    ///
    /// Throws an error with the status to respond with, after which the connection must close.
    package mutating func next(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(ParseError) -> Event {
        while true {
            switch state {
            case .requestLine:
                guard let length = try requestLine(bytes.slice(position, bytes.count)) else {
                    return .needMore
                }
                position += length + 2
            case .fields:
                guard let length = try fieldLine(bytes.slice(position, bytes.count)) else {
                    return .needMore
                }
                position += length + 2
                if length == 0 { return try endOfHead() }
            case .body(let remaining):
                try checkBodyLength()
                let count = min(remaining, bytes.count - position)
                if count > 0 {
                    body.reserve(remaining)
                    body.append(contentsOf: bytes.slice(position, position + count))
                    position += count
                }
                guard count == remaining else {
                    state = .body(remaining: remaining - count)
                    return .needMore
                }
                state = .requestLine
                return .complete
            case .chunks(var decoder):
                // A copy of the decoder is cheap: it holds no storage.
                let complete = try decoder.decode(
                    bytes, &position, into: &body, maxBytes: maxBodyBytes - passedBytes, limits: limits)
                state = complete ? .requestLine : .chunks(decoder)
                return complete ? .complete : .needMore
            case .discarding(let remaining):
                let count = min(remaining, bytes.count - position)
                position += count
                state = count == remaining ? .requestLine : .discarding(remaining: remaining - count)
                return count == remaining ? .discarded : .needMore
            }
        }
    }

    /// Reads the request line. Returns its length; `nil` if it is not complete yet.
    private mutating func requestLine(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int? {
        switch try scanner.scan(bytes, limit: limits.maxRequestLineBytes, allowsText: false) {
        case .incomplete: return nil
        case .tooLong: throw RequestLineParser.tooLong(bytes.slice(0, limits.maxRequestLineBytes))
        case .line(0):
            // RFC 9112, 2.2: a server should ignore at least one empty line before the request line.
            emptyLines += 1
            guard emptyLines <= Self.maxEmptyLines else {
                throw .bad("there are too many empty lines before the request line")
            }
            return 0
        case .line(let length):
            line = try RequestLineParser.parse(bytes.slice(0, length))
            rules = MessageRules()
            fields = HeaderFields()
            sectionBytes = 0
            emptyLines = 0
            state = .fields
            return length
        }
    }

    /// Reads a field line. Returns its length, 0 at the end of the section; `nil` if the line is not complete
    /// yet.
    private mutating func fieldLine(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int? {
        let limit = min(limits.maxFieldLineBytes, limits.maxHeaderSectionBytes - sectionBytes)
        switch try scanner.scan(bytes, limit: limit, allowsText: true) {
        case .incomplete: return nil
        case .tooLong:
            throw ParseError(.requestHeaderFieldsTooLarge, "a field line or the header section is too long")
        case .line(0): return 0
        case .line(let length):
            sectionBytes += length
            guard fields.count < limits.maxFieldCount else {
                throw ParseError(.requestHeaderFieldsTooLarge, "the request has too many header fields")
            }
            let field = try FieldParser.parse(bytes.slice(0, length), isFirst: fields.isEmpty)
            fields.append(name: field.name, value: field.value)
            try rules.record(name: field.name, value: field.value, line: &line)
            return length
        }
    }

    private mutating func endOfHead() throws(ParseError) -> Event {
        let count = fields.count
        switch try rules.framing(line: &line) {
        case .length(let length): state = .body(remaining: length)
        case .chunked:
            state = .chunks(ChunkedDecoder(fieldCount: count, sectionBytes: sectionBytes))
        }
        body = []
        passedBytes = 0
        maxBodyBytes = limits.maxBodyBytes
        guard line.refusal == nil, let method = line.method, let target = line.target else {
            return .refused(line.refusal ?? .bad("the request has no request line"))
        }
        return .head(
            RequestHead(
                method: method, target: target, authority: line.authority,
                minorVersion: line.minorVersion, fields: exchange(&fields, with: HeaderFields())))
    }
}

extension [UInt8] {
    /// Maximum number of bytes that are reserved when a body begins. Memory grows with the bytes received,
    /// not with Content-Length.
    private static var maxInitialReservation: Int { 1024 * 1024 }

    /// Spare capacity behind the end, for parsers that read in wide steps.
    private static var padding: Int { 64 }

    /// Reserves capacity for `more` bytes: a bounded amount at first, later at most double the current size.
    mutating func reserve(_ more: Int) {
        let wanted = count + Swift.min(more, Swift.max(Self.maxInitialReservation, count)) + Self.padding
        if capacity < count + Swift.min(more, Self.maxInitialReservation / 4) + Self.padding {
            reserveCapacity(wanted)
        }
    }
}

/// Replaces a value and returns the old one.
func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
    let taken = place
    place = value
    return taken
}
