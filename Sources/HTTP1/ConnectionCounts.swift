/// How many connections a server has and has had.
public struct ConnectionCounts: Sendable {
    /// Connections that are open now.
    public let open: Int
    /// Connections accepted since the start, refused ones included.
    public let accepted: Int
    /// Accepted connections that exceeded a limit: they got a 503 or were closed without a response.
    public let refused: Int
}
