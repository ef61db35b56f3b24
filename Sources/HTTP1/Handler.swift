/// Handles the requests of a server. All methods are called on the connection's event loop, where they must
/// not block.
public protocol Handler: Sendable {
    /// Called when the head of a request is complete. Returns the handler of the exchange, which receives
    /// everything else about the request.
    ///
    /// - Parameters:
    ///   - head: `nil` when the server responds to input that is not a valid request: a malformed one, or one
    ///     that exceeds a limit. Such an exchange is only observed.
    ///   - peer: the client's address; `nil` if there is none.
    func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler

    /// Called by an event loop when the connections that are ready have had their turns, or when that takes
    /// longer than about half a millisecond. A handler that batches requests processes the batch now.
    func turnEnded()

    /// Returns the response to a request that the server does not pass on: 400, 408, 413, 414, 417, 431, 501,
    /// 503 or 505.
    ///
    /// - Parameter detail: what was wrong. A fixed text that contains nothing from the request.
    func errorResponse(_ status: Status, detail: String) -> Response
}

extension Handler {
    /// Does nothing.
    public func turnEnded() {}

    /// Returns the detail as plain text.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        .text(status, detail + "\n")
    }
}
