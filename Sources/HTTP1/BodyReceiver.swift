import Synchronization

/// Takes the body of one request piece by piece as it arrives, so that it need not fit into memory.
///
/// The methods are called on the connection's event loop, where they must not block.
public protocol BodyReceiver: AnyObject, Sendable {
    /// Maximum length of the body in bytes, in place of `Limits.maxBodyBytes`. Beyond it: 413, before the
    /// body is read if its length is announced.
    var maxBodyBytes: Int { get }

    /// What the 413 of a longer body says; by default, that of bodies in memory. It contains nothing from the
    /// request.
    var tooLongDetail: String { get }

    /// Called when there are bytes to read: the first ones, and the first ones after `BodyReader.read` has
    /// returned nothing. When the body is complete, `ExchangeHandler.respond` is called with an empty body;
    /// bytes may still have to be read then.
    func bodyIsReady(_ body: BodyReader)

    /// Called once if the body will not become complete: the client has disconnected or is too slow, or the
    /// request is refused. `ExchangeHandler.respond` is not called then.
    func bodyDidFail()
}

extension BodyReceiver {
    /// The text for bodies in memory.
    public var tooLongDetail: String { ParseError.bodyTooLong.detail }
}

/// The bytes of a request's body that have arrived and are not processed yet.
///
/// While they are too many, the server does not read from the client. A `BodyReceiver` reads them from any
/// thread, one thread at a time.
public final class BodyReader: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        /// Bytes of `pieces`, and of the piece that is being processed.
        var heldBytes = 0
        /// Bytes of the piece that `read` has returned last.
        var processedBytes = 0
        /// Whether the next bytes are to be announced to the receiver.
        var isDrained = true
        var isFull = false
        /// Whether the connection counts the bytes in the pool of bodies.
        var isCounted = false
        var refusal: Response?

        /// Whether the connection has to know that bytes are processed: it may read again, or none of those
        /// that it counts is left.
        mutating func takeNews() -> Bool {
            if isFull, heldBytes <= BodyReader.maxHeldBytes / 2 {
                isFull = false
                return true
            }
            guard isCounted, heldBytes == 0 else { return false }
            isCounted = false
            return true
        }
    }

    /// Maximum number of bytes in memory, exceeded by one read from the socket at most.
    package static let maxHeldBytes = 1 << 20
    /// Maximum number of bytes of a piece, unless more arrive at once.
    private static let maxPieceBytes = 1 << 18

    private let state = Mutex(State())
    private let sink: any ResponseSink

    init(sink: any ResponseSink) { self.sink = sink }

    /// Returns the next bytes of the body, which ends the processing of those that the previous call has
    /// returned. Returns nothing if all bytes that have arrived are read.
    public func read() -> [UInt8] {
        let (piece, hasNews) = state.withLock { state in
            state.heldBytes -= state.processedBytes
            let piece = state.pieces.isEmpty ? [] : state.pieces.removeFirst()
            state.processedBytes = piece.count
            state.isDrained = piece.isEmpty
            return (piece, state.takeNews())
        }
        if hasNews { sink.bodyIsReady(self) }
        return piece
    }

    /// Refuses the rest of the body: sends a response now, and closes the connection after it. Has no effect
    /// if the body is complete.
    public func refuse(_ response: Response) {
        state.withLock { state in
            state = State()
            state.refusal = response
        }
        sink.bodyIsReady(self)
    }

    /// The response of `refuse`.
    var refusal: Response? { state.withLock { $0.refusal } }

    /// Whether the server must not read from the client for now.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// The number of bytes that have arrived and are not processed yet.
    var heldBytes: Int { state.withLock { $0.heldBytes } }

    /// Appends bytes that have arrived. Returns whether to announce them to the receiver.
    fileprivate func append(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.refusal == nil else { return false }
            if let last = state.pieces.indices.last,
                state.pieces[last].count + bytes.count <= Self.maxPieceBytes
            {
                state.pieces[last] += bytes
            } else {
                state.pieces.append(bytes)
            }
            state.heldBytes += bytes.count
            state.isFull = state.heldBytes > Self.maxHeldBytes
            state.isCounted = state.isCounted || state.heldBytes > EventLoop.readBufferSize
            return exchange(&state.isDrained, with: false)
        }
    }
}

/// A body that is being received, with its receiver.
struct IncomingBody {
    let receiver: any BodyReceiver
    let reader: BodyReader

    func receive(_ bytes: [UInt8]) {
        if !bytes.isEmpty, reader.append(bytes) { receiver.bodyIsReady(reader) }
    }
}
