/// Limits for the clients of a server, one by one and together. Sizes are in bytes, times in seconds.
public struct Limits: Sendable {
    /// Maximum length of a request line without its CRLF. Beyond it: 414 (RFC 9112, 3).
    public var maxRequestLineBytes = 8 * 1024
    /// Maximum length of a field line without its CRLF. Beyond it: 431 (RFC 6585, 5).
    public var maxFieldLineBytes = 8 * 1024
    /// Maximum number of field lines, trailers included. Beyond it: 431.
    public var maxFieldCount = 100
    /// Maximum sum of the lengths of all field lines. Beyond it: 431.
    public var maxHeaderSectionBytes = 32 * 1024
    /// Maximum length of a body. Beyond it: 413, before the body is read if its length is announced.
    public var maxBodyBytes = 64 * 1024 * 1024
    /// Maximum length of a chunk size line with its extensions. Beyond it: 400.
    public var maxChunkLineBytes = 256

    /// Maximum number of open connections. Beyond it: 503 (RFC 9110, 15.6.4).
    public var maxConnections = 16 * 1024
    /// Maximum number of open connections of one client: an IPv4 address or an IPv6 network of 64 bits.
    /// Beyond it: 503.
    public var maxConnectionsPerPeer = 1024
    /// Maximum sum of the bytes of bodies that are being received on all connections. Beyond it, the largest
    /// and slowest get 503.
    public var maxTotalBodyBytes = 1024 * 1024 * 1024
    /// Maximum sum of the bytes of bodies that are being received from one client: an IPv4 address or an IPv6
    /// network of 64 bits. Beyond it: 503. `nil`: half of `maxTotalBodyBytes`, but at least one body.
    public var maxTotalBodyBytesPerPeer: Int?
    /// Maximum number of response bytes that a client may leave unread. Beyond it, no further request is
    /// processed.
    public var maxPendingOutputBytes = 256 * 1024
    /// Maximum number of bytes of a streamed response that are buffered if its writer does not wait for a
    /// slow client. Beyond it the connection is closed.
    public var maxStreamBufferBytes = 8 * 1024 * 1024
    /// Maximum length of the body of a refused request that is read and discarded to keep the connection
    /// open.
    public var maxDiscardedBodyBytes = 64 * 1024

    /// Maximum time without a request. Beyond it the connection is closed without a response.
    public var idleTimeout = 60.0
    /// Maximum time for a header section to arrive. Beyond it: 408.
    public var headerTimeout = 10.0
    /// Maximum time for a body to arrive at less than `minBytesPerSecond`. Beyond it: 408.
    public var bodyTimeout = 30.0
    /// Maximum time for a client to read responses at less than `minBytesPerSecond`, or to be unreachable
    /// while it waits for a response. Beyond it the connection is closed.
    public var writeTimeout = 30.0
    /// Minimum rate at which a client has to send or read, averaged over the time-out. While a body arrives,
    /// the rate grows by this for each 64 KiB that have arrived, up to 1,024 times this: a client that uses
    /// much memory has to send fast.
    public var minBytesPerSecond = 512
    /// Maximum time of a lingering close: how long input is read and discarded after the last response, so
    /// that the client can read the response before a reset deletes it (RFC 9112, 9.6).
    public var lingeringCloseTimeout = 10.0
    /// Maximum number of bytes that are read and discarded during a lingering close.
    public var maxLingeringCloseBytes = 1024 * 1024 * 1024

    /// Creates the default limits.
    public init() {}

    /// `maxTotalBodyBytesPerPeer`, or its default.
    var peerBodyBytes: Int {
        maxTotalBodyBytesPerPeer ?? min(maxTotalBodyBytes, max(maxTotalBodyBytes / 2, maxBodyBytes))
    }
}
