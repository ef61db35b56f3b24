/// Writes the answers of one connection, one after the other: heads, contents, chunks.
struct AnswerWriter {
    /// The bytes to send.
    var output = OutputQueue()

    /// Whether another request may follow the present one.
    private(set) var keepsAlive = false

    /// Bytes of the present answer's content that were written, without their framing.
    private(set) var contentBytes = 0

    private let clock: () -> Int
    private var encoder = ResponseEncoder()
    private var isHead = false
    private var minorVersion = 1

    /// `clock` tells the seconds since 1970.
    init(clock: @escaping () -> Int) { self.clock = clock }

    /// What follows answers a request of that kind.
    mutating func begin(isHead: Bool, minorVersion: Int, keepsAlive: Bool) {
        self.isHead = isHead
        self.minorVersion = minorVersion
        self.keepsAlive = keepsAlive
        contentBytes = 0
    }

    /// The present answer is to be the last.
    mutating func endAfterThis() { keepsAlive = false }

    /// Writes 100 (Continue). RFC 9110, 15.2: HTTP/1.0 has no interim responses and must not be sent any.
    mutating func writeInterim() {
        if minorVersion >= 1 { output.write { $0.append(ResponseEncoder.interim) } }
    }

    /// Writes a response whole, or its head when its content is a stream: then it returns what starts that.
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
        case .stream(let start):
            let hasContent = !isHead && !forbidsContent
            // RFC 9112, 6.1: HTTP/1.0 knows no chunks; there the end of the connection is the end of the body.
            if hasContent, minorVersion == 0 { keepsAlive = false }
            writeHead(response, forbidsContent ? .none : minorVersion >= 1 ? .chunked : .close)
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

    /// Writes a piece of a stream.
    mutating func writePiece(_ bytes: [UInt8]) {
        contentBytes += bytes.count
        guard minorVersion >= 1 else { return output.append(bytes) }
        output.write { ResponseEncoder.encodeChunkHead(size: bytes.count, into: &$0) }
        output.append(bytes)
        output.write { $0.append("\r\n") }
    }

    /// Writes the end of a stream.
    mutating func endPieces() {
        if minorVersion >= 1 { output.write { $0.append("0\r\n\r\n") } }
    }
}
