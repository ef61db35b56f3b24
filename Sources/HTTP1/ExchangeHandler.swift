/// Handles one exchange, a request and its response, and observes it for logs and metrics. Its methods are
/// called on the connection's event loop, where they must not block.
public protocol ExchangeHandler: AnyObject, Sendable {
    /// Called before the body is read and before 100 (Continue) is sent (RFC 9110, 10.1.1). Returning a
    /// response refuses the request without reading its body; returning `nil` accepts it.
    func preflight() -> Response?

    /// Called after `preflight` has accepted the request, before the body is read and before 100 (Continue)
    /// is sent. Returns the receiver of the body; `nil` keeps the body in memory for `respond`.
    func bodyReceiver() -> (any BodyReceiver)?

    /// Called with the complete request, unless `preflight` has refused it. Long work belongs on a queue of
    /// the handler. The response may be sent immediately or later, from any thread.
    func respond(to request: Request, _ responder: Responder)

    /// Returns the response to a request whose responder was released without one: 500, a fault of the
    /// handler.
    func missingResponse() -> Response

    /// Called before the response is written, whether the handler or the server itself created it. May add
    /// fields.
    func willRespond(with response: inout Response)

    /// Called when the exchange is over. No call follows.
    func didEnd(_ end: ExchangeEnd)
}

extension ExchangeHandler {
    /// Returns `nil`.
    public func bodyReceiver() -> (any BodyReceiver)? { nil }

    /// Returns plain text.
    public func missingResponse() -> Response {
        .text(.internalServerError, "the request handler returned no response\n")
    }
}

/// How an exchange ended.
public struct ExchangeEnd: Sendable {
    /// The status of the response; `nil` if the client disconnected before there was one.
    public let status: Status?
    /// Bytes of content that were written, without chunk framing.
    public let contentBytes: Int
    /// Whether the response was written completely. The client may not have received all of it.
    public let isComplete: Bool

    /// Creates an end, for tests of an observer.
    public init(status: Status?, contentBytes: Int, isComplete: Bool) {
        self.status = status
        self.contentBytes = contentBytes
        self.isComplete = isComplete
    }
}

/// The handler of a connection's current exchange, and the status of its response.
struct CurrentExchange {
    private(set) var handler: (any ExchangeHandler)?
    private var status: Status?

    mutating func begin(_ handler: any ExchangeHandler) {
        self.handler = handler
        status = nil
    }

    /// Passes a response to the handler. Returns it with the fields that the handler has added.
    mutating func willRespond(with response: Response) -> Response {
        guard let handler else { return response }
        var response = response
        handler.willRespond(with: &response)
        status = response.status
        return response
    }

    /// Ends the exchange. Only the first call for an exchange has an effect.
    mutating func end(contentBytes: Int, isComplete: Bool) {
        guard let handler = exchange(&handler, with: nil) else { return }
        handler.didEnd(
            ExchangeEnd(
                status: status, contentBytes: status == nil ? 0 : contentBytes, isComplete: isComplete))
    }
}
