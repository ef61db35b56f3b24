/// The way to send a body bit by bit, from any thread. Bytes go out in the order of the calls.
///
/// What the client hasn't read yet is kept up to `Limits.streamBuffer`; beyond that the connection is
/// closed. A writer that goes away unfinished closes the connection as well, so that the client sees that
/// the body is not whole.
public final class BodyWriter: Sendable {
    private let buffer: StreamBuffer

    init(buffer: StreamBuffer) { self.buffer = buffer }

    deinit { buffer.end(.aborted) }

    /// Whether anyone is still there to read: false after `finish` and `abort` and when the client has gone.
    public var isOpen: Bool { buffer.isOpen }

    /// Sends bytes. Ignored when the writer is no longer open.
    public func write(_ bytes: [UInt8]) { buffer.write(bytes) }

    /// Says that the body is complete.
    public func finish() { buffer.end(.finished) }

    /// Closes the connection without completing the body, which tells the client that something went wrong
    /// (RFC 9112, 8).
    public func abort() { buffer.end(.aborted) }
}
