/// Writes the responses of one connection in order: heads, content and chunks.
struct ResponseWriter {
    /// The bytes to send.
    var output = OutputQueue()

    /// Whether another request may follow the current one on this connection.
    private(set) var keepsAlive = false

    /// Bytes of the current response's content that were written, without chunk framing.
    private(set) var contentBytes = 0

    private let clock: () -> Int
    private var encoder = ResponseEncoder()
    private var isHead = false
    private var minorVersion = 1
    /// How the content of the current stream is framed.
    private var streamFraming = ResponseEncoder.Framing.none

    /// - Parameter clock: returns seconds since 1970, for the Date field.
    init(clock: @escaping () -> Int) { self.clock = clock }

    /// Starts the response to a request.
    ///
    /// - Parameter isHead: whether the method is HEAD, so that no content may be sent.
    mutating func begin(isHead: Bool, minorVersion: Int, keepsAlive: Bool) {
        self.isHead = isHead
        self.minorVersion = minorVersion
        self.keepsAlive = keepsAlive
        contentBytes = 0
    }

    /// Makes the current response the last one of the connection.
    mutating func closeAfterResponse() { keepsAlive = false }

    /// Writes 100 (Continue). RFC 9110, 15.2: HTTP/1.0 has no interim responses, and they must not be sent to
    /// it.
    mutating func writeInterimResponse() {
        if minorVersion >= 1 { output.write { $0.append(ResponseEncoder.interim) } }
    }

    /// Writes a whole response. If its content is a stream, writes the head and returns the closure that
    /// starts the stream.
    mutating func write(_ response: Response) -> ((BodyWriter) -> Void)? {
        let forbidsContent = response.status.forbidsContent
        switch response.body {
        case .empty: writeHead(response, forbidsContent ? .none : .length(0))
        case .bytes(let bytes):
            writeHead(response, forbidsContent ? .none : .length(bytes.count))
            if !isHead, !forbidsContent {
                contentBytes = bytes.count
                output.append(bytes)
            }
        case .stream(let length, let start):
            let hasContent = !isHead && !forbidsContent
            // RFC 9112, 6.1: HTTP/1.0 has no chunked coding; closing the connection ends the body.
            if hasContent, length == nil, minorVersion == 0 { keepsAlive = false }
            streamFraming = length.map { .length($0) } ?? (minorVersion >= 1 ? .chunked : .close)
            writeHead(response, forbidsContent ? .none : streamFraming)
            if hasContent { return start }
        }
        return nil
    }

    private mutating func writeHead(_ response: Response, _ framing: ResponseEncoder.Framing) {
        let persistence: ResponseEncoder.Persistence =
            if !keepsAlive { .close } else if minorVersion == 0 { .keepAlive } else { .implied }
        let now = clock()
        output.write {
            encoder.encode(response, framing: framing, persistence: persistence, now: now, into: &$0)
        }
    }

    /// Writes bytes of a stream: as one chunk, or without framing.
    mutating func writeStream(_ bytes: [UInt8]) {
        var bytes = bytes
        switch streamFraming {
        case .length(let length):
            // A client would take bytes beyond the length for the next response.
            if bytes.count > length - contentBytes { bytes.removeLast(bytes.count - (length - contentBytes)) }
            output.append(bytes)
        case .chunked:
            output.write { ResponseEncoder.encodeChunkHead(size: bytes.count, into: &$0) }
            output.append(bytes)
            output.write { $0.append("\r\n") }
        case .close, .none: output.append(bytes)
        }
        contentBytes += bytes.count
    }

    /// Ends a stream, with the last chunk if it is chunked. Returns whether the content is complete: false if
    /// it is shorter than its announced length.
    mutating func endStream() -> Bool {
        switch streamFraming {
        case .length(let length): return contentBytes == length
        case .chunked: output.write { $0.append("0\r\n\r\n") }
        case .close, .none: break
        }
        return true
    }
}
