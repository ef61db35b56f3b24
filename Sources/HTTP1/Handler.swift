/// What a server serves.
public protocol Handler: Sendable {
    /// Called on the connection's loop when a head is complete, before anything else: who watches what becomes of it. The
    /// head has the observer from then on. Also called, without a head, when something is answered that is no request:
    /// a malformed one, or one beyond a limit. `peer` is the client's address; nil if there is none. Must not block.
    func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)?

    /// Called on the connection's loop when the head is complete, before the body is read and before
    /// 100 (Continue) is sent (RFC 9110, 10.1.1). A response refuses the request without its body being
    /// looked at; `nil` goes on. Must not block.
    func preflight(_ head: RequestHead) -> Response?

    /// Called on the connection's loop with the whole request. Must not block: long work goes to a queue of
    /// the handler's own. The response may be sent at once or later, from any thread.
    func respond(to request: Request, _ responder: Responder)

    /// Called on a loop when it has handed over all requests that were there. A handler that has kept some back, to do
    /// them together, does them now. Must not block either.
    func turnEnded()

    /// The answer to a request that the server can't pass on: 400, 408, 413, 414, 417, 431, 501, 505, and
    /// 500 for one that was never answered. `detail` is a fixed text without anything from the request.
    func errorResponse(_ status: Status, detail: String) -> Response
}

extension Handler {
    /// Nobody watches.
    public func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)? { nil }

    /// Lets every request through.
    public func preflight(_ head: RequestHead) -> Response? { nil }

    /// Nothing was kept back.
    public func turnEnded() {}

    /// Says the detail as plain text.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        .text(status, detail + "\n")
    }
}
