/// Observes one exchange, a request and its response, for logs and metrics. Its methods are called on the
/// connection's event loop, where they must not block.
public protocol ExchangeObserver: AnyObject, Sendable {
    /// Called before the response is written, whether the handler or the server itself created it. May add
    /// fields.
    func willRespond(with response: inout Response)

    /// Called when the exchange is over. No call follows.
    func didEnd(_ end: ExchangeEnd)
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

/// The observer of a connection's current exchange, if any.
struct Observation {
    private(set) var observer: (any ExchangeObserver)?
    private var status: Status?

    mutating func begin(_ observer: (any ExchangeObserver)?) {
        self.observer = observer
        status = nil
    }

    /// Passes a response to the observer. Returns it with the fields that the observer has added.
    mutating func willRespond(with response: Response) -> Response {
        guard let observer else { return response }
        var response = response
        observer.willRespond(with: &response)
        status = response.status
        return response
    }

    /// Ends the exchange. Only the first call for an exchange has an effect.
    mutating func end(contentBytes: Int, isComplete: Bool) {
        guard let observer = exchange(&observer, with: nil) else { return }
        observer.didEnd(
            ExchangeEnd(
                status: status, contentBytes: status == nil ? 0 : contentBytes, isComplete: isComplete))
    }
}
