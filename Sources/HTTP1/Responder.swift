import Synchronization

/// Where answers go: a connection, or what stands for one in a test.
package protocol ResponseSink: AnyObject, Sendable {
    /// Takes the answer to the request of that number; `nil` if there will be none. From any thread.
    func deliver(_ response: Response?, to request: UInt64)
    /// Has the stream's bytes fetched on the connection's loop. From any thread.
    func streamIsReady(_ stream: StreamBuffer)
}

/// The way to answer one request, from any thread, once.
///
/// A responder that goes away unused answers 500, so that no connection waits for ever.
public final class Responder: Sendable {
    private enum Destination: Sendable {
        case connection(any ResponseSink, request: UInt64)
        case closure(@Sendable (Response) -> Void)
    }

    private let destination: Destination
    private let isUsed = Atomic<Bool>(false)

    package init(sink: any ResponseSink, request: UInt64) {
        destination = .connection(sink, request: request)
    }

    /// A responder that hands the response to a closure, to call a handler without a server.
    public init(_ receive: @escaping @Sendable (Response) -> Void) {
        destination = .closure(receive)
    }

    /// Sends the response. A second call is a mistake: it stops a debug build and is ignored otherwise.
    public func send(_ response: Response) {
        guard !isUsed.exchange(true, ordering: .acquiringAndReleasing) else {
            assertionFailure("a response was sent twice")
            return
        }
        switch destination {
        case .connection(let sink, let request): sink.deliver(response, to: request)
        case .closure(let receive): receive(response)
        }
    }

    deinit {
        if !isUsed.load(ordering: .acquiring), case .connection(let sink, let request) = destination {
            sink.deliver(nil, to: request)
        }
    }
}
