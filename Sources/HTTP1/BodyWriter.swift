/// Sends a response body in pieces, from any thread. Bytes go out in the order of the calls.
///
/// A client may read more slowly than the writer writes. `write` returns whether to continue, and `onReady`
/// registers a callback for when there is room again. A writer that ignores this may buffer up to
/// `Limits.maxStreamBufferBytes`; beyond that the connection is closed.
///
/// A writer that is released before `finish` closes the connection, so that the client detects the incomplete
/// body.
public final class BodyWriter: Sendable {
    private let buffer: StreamBuffer

    init(buffer: StreamBuffer) { self.buffer = buffer }

    deinit { buffer.end(.aborted) }

    /// Whether the body can still be written: false after `finish` and `abort`, and after a disconnect.
    public var isOpen: Bool { buffer.isOpen }

    /// Sends bytes. Ignored when the writer is not open.
    ///
    /// Returns whether there is room for more. If not, use `onReady` to wait.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { buffer.write(bytes) }

    /// Calls `body` once, when the client has read enough for more to be written or has disconnected. If that
    /// is already so, the call is immediate; otherwise it is on the connection's event loop, where it must
    /// not block.
    public func onReady(_ body: @escaping @Sendable () -> Void) { buffer.onReady(body) }

    /// Calls `body` once if the connection closes before the writer has finished or aborted. If it has closed
    /// already, the call is immediate; otherwise it is on the connection's event loop, where it must not
    /// block. The closure is retained until then, or until the writer ends the body.
    ///
    /// A client that has closed its connection is detected by the next write, or otherwise within about two
    /// minutes.
    public func onClose(_ body: @escaping @Sendable () -> Void) { buffer.onClose(body) }

    /// Completes the body.
    public func finish() { buffer.end(.finished) }

    /// Closes the connection without completing the body, which makes the client treat the response as
    /// incomplete (RFC 9112, 8).
    public func abort() { buffer.end(.aborted) }
}
