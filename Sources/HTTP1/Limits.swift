/// What one client, or all of them, may take. Sizes are in bytes, times in seconds.
public struct Limits: Sendable {
    /// The longest request line, without its line end. Beyond it: 414 (RFC 9112, 3).
    public var requestLine = 8 * 1024
    /// The longest field line, without its line end. Beyond it: 431 (RFC 6585, 5).
    public var fieldLine = 8 * 1024
    /// The most field lines, trailers included. Beyond it: 431.
    public var fieldCount = 100
    /// The most bytes of all field lines together. Beyond it: 431.
    public var headerSection = 32 * 1024
    /// The longest body. Beyond it: 413, before the body is read where its length is announced.
    public var body = 64 * 1024 * 1024
    /// The longest chunk line: size and extensions. Beyond it: 400.
    public var chunkLine = 256

    /// The most connections at once. Those beyond it are answered 503 (RFC 9110, 15.6.4).
    public var connections = 16 * 1024
    /// The most connections of one peer: an IPv4 address or an IPv6 network of 64 bits. Beyond it: 503.
    public var connectionsPerPeer = 1024
    /// The most bytes of bodies that are being received, on all connections together. Beyond it: 503.
    public var bodies = 1024 * 1024 * 1024
    /// The most bytes of answers that wait for a client to read them before its next request is looked at.
    public var pendingOutput = 256 * 1024
    /// The most bytes of a streamed answer that wait for a client whose writer doesn't heed that it is slow. Beyond it
    /// the connection is closed.
    public var streamBuffer = 8 * 1024 * 1024
    /// The longest body of a refused request that is read and dropped to keep the connection.
    public var discardedBody = 64 * 1024

    /// How long a connection may stay without a request. Then it is closed without a word.
    public var idleTimeout = 60.0
    /// How long a header section may take. Then: 408.
    public var headerTimeout = 10.0
    /// How long a body may stay below `minimumRate`. Then: 408.
    public var bodyTimeout = 30.0
    /// How long a client may read its answers below `minimumRate`, or be out of reach while it waits for one. Then the
    /// connection is closed.
    public var writeTimeout = 30.0
    /// How many bytes a second a client has to send or to read, on average over the time-out.
    public var minimumRate = 512
    /// How long a connection is read and dropped after its last answer, so that the client gets to read
    /// the answer instead of a reset (RFC 9112, 9.6).
    public var lingerTimeout = 10.0
    /// The most bytes that are dropped during that time.
    public var lingerBytes = 1024 * 1024 * 1024

    /// The defaults.
    public init() {}
}
