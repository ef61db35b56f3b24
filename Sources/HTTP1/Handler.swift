/// Handles the requests of a server. All methods are called on the connection's event loop, where they must
/// not block.
public protocol Handler: Sendable {
    /// Called when the head of a request is complete, before any other method. Returns the observer of the
    /// exchange, which is then available as `RequestHead.observer`.
    ///
    /// - Parameters:
    ///   - head: `nil` when the server responds to input that is not a valid request: a malformed one, or one
    ///     that exceeds a limit.
    ///   - peer: the client's address; `nil` if there is none.
    func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)?

    /// Called when the head of a request is complete, before its body is read and before 100 (Continue) is
    /// sent (RFC 9110, 10.1.1). Returning a response refuses the request without reading its body; returning
    /// `nil` accepts it.
    func preflight(_ head: RequestHead) -> Response?

    /// Called with a complete request. Long work belongs on a queue of the handler. The response may be sent
    /// immediately or later, from any thread.
    func respond(to request: Request, _ responder: Responder)

    /// Called at the end of a turn of an event loop, when the loop has passed all requests that have arrived
    /// to `respond`. A handler that batches requests processes the batch now.
    func turnEnded()

    /// Returns the response to a request that the server does not pass to `respond`: 400, 408, 413, 414, 417,
    /// 431, 501, 503 or 505; and 500 for a request whose responder was released without a response.
    ///
    /// - Parameter detail: what was wrong. A fixed text that contains nothing from the request.
    func errorResponse(_ status: Status, detail: String) -> Response
}

extension Handler {
    /// Does not observe the exchange.
    public func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)? { nil }

    /// Accepts every request.
    public func preflight(_ head: RequestHead) -> Response? { nil }

    /// Does nothing.
    public func turnEnded() {}

    /// Returns the detail as plain text.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        .text(status, detail + "\n")
    }
}
