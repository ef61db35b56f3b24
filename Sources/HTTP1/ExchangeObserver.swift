/// Who watches one exchange, a request and its answer: for logs and figures. Called on the connection's loop, where it must
/// not block.
public protocol ExchangeObserver: AnyObject, Sendable {
    /// The answer, whoever gave it, is about to be written. Fields can be added to it.
    func willAnswer(_ response: inout Response)

    /// The exchange is over: the last call.
    func ended(_ end: ExchangeEnd)
}

/// How an exchange has ended.
public struct ExchangeEnd: Sendable {
    /// The answer's status; nil if there was no answer, because the client went before.
    public let status: Status?
    /// Bytes of content that were written, without their framing.
    public let contentBytes: Int
    /// Whether the answer was written to its end. The client may still not have got all of it.
    public let isWhole: Bool

    /// An end from its parts.
    public init(status: Status?, contentBytes: Int, isWhole: Bool) {
        self.status = status
        self.contentBytes = contentBytes
        self.isWhole = isWhole
    }
}

/// The watching of the exchange that a connection is in, if somebody watches.
struct Observation {
    private(set) var observer: (any ExchangeObserver)?
    private var status: Status?

    /// An exchange begins.
    mutating func begin(_ observer: (any ExchangeObserver)?) {
        self.observer = observer
        status = nil
    }

    /// Lets the observer see an answer.
    mutating func answer(_ response: Response) -> Response {
        guard let observer else { return response }
        var response = response
        observer.willAnswer(&response)
        status = response.status
        return response
    }

    /// The exchange is over; only the first end counts.
    mutating func end(contentBytes: Int, isWhole: Bool) {
        guard let observer = exchange(&observer, with: nil) else { return }
        observer.ended(
            ExchangeEnd(
                status: status, contentBytes: status == nil ? 0 : contentBytes, isWhole: isWhole))
    }
}
