/// Reads requests: bytes in; an event, the wish for more, or an error out. It knows no socket and no clock,
/// and says the same however the bytes are cut.
///
/// An error that it throws leaves the rest of the connection without meaning. What is only wrong with one
/// request comes as `refused`, and the message can be read to its end.
package struct RequestParser {
    package enum Event {
        /// All bytes are used, or those left are the beginning of a line: come back with more behind them.
        case needMore
        /// The head is complete. Ask again for the body, or call `discardBody` first.
        case head(RequestHead)
        /// The head is complete and can't be served.
        case refused(ParseError)
        /// The body is complete: `takeBody`.
        case complete
        /// A body that was to be discarded is past.
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

    /// How many empty lines may stand before a request line.
    private static let emptyLineLimit = 8

    package init(limits: Limits) { self.limits = limits }

    /// A head has begun and is not complete, apart from bytes that `next` has left where they were.
    package var isInHead: Bool { if case .fields = state { true } else { false } }

    /// A body has begun and is not complete.
    package var isInBody: Bool {
        switch state {
        case .requestLine, .fields: false
        case .body, .chunks, .discarding: true
        }
    }

    /// The body that is being read will never be handed over.
    package var isDiscarding: Bool { if case .discarding = state { true } else { false } }

    /// How many bytes of the body have arrived.
    package var bodyCount: Int { body.count }

    /// The length of the body after a head, `nil` if it is chunked.
    package var contentLength: Int? {
        switch state {
        case .body(let remaining), .discarding(let remaining): remaining
        case .requestLine, .fields: 0
        case .chunks: nil
        }
    }

    /// The client waits for 100 (Continue).
    package var expectsContinue: Bool { rules.expectsContinue }

    /// Whether the connection may serve another request (RFC 9112, 9.3). To be asked after a head.
    package var keepsAlive: Bool { rules.keepsAlive(minorVersion: line.minorVersion) }

    /// The method of the request that is being read, if it is one that this server implements.
    package var method: Method? { line.method }

    /// The minor version of the request that is being read.
    package var minorVersion: Int { line.minorVersion }

    /// The body that `complete` announced. It is moved, not copied.
    package mutating func takeBody() -> [UInt8] { exchange(&body, with: []) }

    /// Has the body after a head read and dropped. Only where its length is announced.
    package mutating func discardBody() {
        guard case .body(let remaining) = state else { return }
        state = .discarding(remaining: remaining)
    }

    /// Reads from `position` on and moves it behind what is used. The next call must be given what was left,
    /// at the beginning of its bytes.
    package mutating func next(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(ParseError) -> Event {
        while true {
            switch state {
            case .requestLine:
                guard let length = try requestLine(bytes.part(position, bytes.count)) else {
                    return .needMore
                }
                position += length + 2
            case .fields:
                guard let length = try fieldLine(bytes.part(position, bytes.count)) else {
                    return .needMore
                }
                position += length + 2
                if length == 0 { return try endOfHead() }
            case .body(let remaining):
                let count = min(remaining, bytes.count - position)
                if count > 0 {
                    body.reserve(remaining)
                    body.append(contentsOf: bytes.part(position, position + count))
                    position += count
                }
                guard count == remaining else {
                    state = .body(remaining: remaining - count)
                    return .needMore
                }
                state = .requestLine
                return .complete
            case .chunks(var decoder):
                // Out of the state while it works; there is nothing in it to be copied.
                let complete = try decoder.decode(bytes, &position, into: &body, limits: limits)
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

    /// The length of the line that was read, `nil` if there is none yet.
    private mutating func requestLine(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int? {
        switch try scanner.scan(bytes, limit: limits.requestLine, allowsText: false) {
        case .incomplete: return nil
        case .tooLong: throw RequestLineParser.tooLong(bytes.part(0, limits.requestLine))
        case .line(0):
            // RFC 9112, 2.2: at least one empty line before the request line should be ignored.
            emptyLines += 1
            guard emptyLines <= Self.emptyLineLimit else {
                throw .bad("too many empty lines before the request line")
            }
            return 0
        case .line(let length):
            line = try RequestLineParser.parse(bytes.part(0, length))
            rules = MessageRules()
            fields = HeaderFields()
            sectionBytes = 0
            emptyLines = 0
            state = .fields
            return length
        }
    }

    /// The length of the line that was read, 0 at the end of the section, `nil` if there is none yet.
    private mutating func fieldLine(_ bytes: UnsafeRawBufferPointer) throws(ParseError) -> Int? {
        let limit = min(limits.fieldLine, limits.headerSection - sectionBytes)
        switch try scanner.scan(bytes, limit: limit, allowsText: true) {
        case .incomplete: return nil
        case .tooLong:
            throw ParseError(.requestHeaderFieldsTooLarge, "a field or the header section is too long")
        case .line(0): return 0
        case .line(let length):
            sectionBytes += length
            guard fields.count < limits.fieldCount else {
                throw ParseError(.requestHeaderFieldsTooLarge, "too many fields")
            }
            let field = try FieldParser.parse(bytes.part(0, length), isFirst: fields.isEmpty)
            fields.append(name: field.name, value: field.value)
            try rules.note(name: field.name, value: field.value, line: &line)
            return length
        }
    }

    private mutating func endOfHead() throws(ParseError) -> Event {
        let count = fields.count
        switch try rules.framing(line: &line, bodyLimit: limits.body) {
        case .length(let length): state = .body(remaining: length)
        case .chunked:
            state = .chunks(ChunkedDecoder(fieldCount: count, sectionBytes: sectionBytes))
        }
        body = []
        guard line.refusal == nil, let method = line.method, let target = line.target else {
            return .refused(line.refusal ?? .bad("no request line"))
        }
        return .head(
            RequestHead(
                method: method, target: target, minorVersion: line.minorVersion,
                fields: exchange(&fields, with: HeaderFields())))
    }
}

extension [UInt8] {
    /// What is reserved for a body at once. An announced length is not yet a reason to take memory.
    private static var reservation: Int { 1024 * 1024 }

    /// What is left free behind the end, for parsers that read in wide steps.
    private static var padding: Int { 64 }

    /// Reserves for `more` bytes to come: a bounded amount at first, twice the size from then on.
    mutating func reserve(_ more: Int) {
        let wanted = count + Swift.min(more, Swift.max(Self.reservation, count)) + Self.padding
        if capacity < count + Swift.min(more, Self.reservation / 4) + Self.padding {
            reserveCapacity(wanted)
        }
    }
}

/// Takes a value out and leaves another.
func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
    let taken = place
    place = value
    return taken
}
