/// The way to send a body bit by bit, from any thread. Bytes go out in the order of the calls.
///
/// A client may read more slowly than a writer writes. `write` says when it is time to wait, and `whenReady` when to go
/// on; a writer that doesn't care is given `Limits.streamBuffer`, and beyond that the connection is closed.
///
/// A writer that goes away unfinished closes the connection as well, so that the client sees that the body is not whole.
public final class BodyWriter: Sendable {
    private let buffer: StreamBuffer

    init(buffer: StreamBuffer) { self.buffer = buffer }

    deinit { buffer.end(.aborted) }

    /// Whether anyone is still there to read: false after `finish` and `abort` and when the client has gone.
    public var isOpen: Bool { buffer.isOpen }

    /// Sends bytes. Ignored when the writer is no longer open.
    ///
    /// Returns whether there is room for more; if not, `whenReady` tells when.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool { buffer.write(bytes) }

    /// Calls `body` once, when the client has read enough to go on or has gone: at once if that is so already, on the
    /// connection's loop otherwise, where it must not block.
    public func whenReady(_ body: @escaping @Sendable () -> Void) { buffer.whenReady(body) }

    /// Calls `body` once if the connection goes before the writer has finished or aborted: at once if it has gone
    /// already, on the connection's loop otherwise, where it must not block. Until then it keeps what it refers to.
    ///
    /// A client that has closed its connection is noticed when something is written, or else within a minute or two.
    public func whenClosed(_ body: @escaping @Sendable () -> Void) { buffer.whenClosed(body) }

    /// Says that the body is complete.
    public func finish() { buffer.end(.finished) }

    /// Closes the connection without completing the body, which tells the client that something went wrong
    /// (RFC 9112, 8).
    public func abort() { buffer.end(.aborted) }
}
