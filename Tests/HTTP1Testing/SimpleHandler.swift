import HTTP1

/// A handler that looks at each request by itself and observes nothing.
package protocol SimpleHandler: Handler {
    /// The response that refuses a request before its body is read; `nil` accepts it.
    func preflight(_ head: RequestHead) -> Response?
    /// Responds to a complete request.
    func respond(to request: Request, _ responder: Responder)
}

extension SimpleHandler {
    package func preflight(_ head: RequestHead) -> Response? { nil }

    package func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler {
        SimpleExchange(self, head)
    }
}

/// One exchange of a simple handler.
private final class SimpleExchange: ExchangeHandler {
    private let handler: any SimpleHandler
    private let head: RequestHead?

    init(_ handler: any SimpleHandler, _ head: RequestHead?) {
        self.handler = handler
        self.head = head
    }

    func preflight() -> Response? { head.flatMap(handler.preflight) }
    func respond(to request: Request, _ responder: Responder) { handler.respond(to: request, responder) }
    func willRespond(with response: inout Response) {}
    func didEnd(_ end: ExchangeEnd) {}
}
