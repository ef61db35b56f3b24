import Synchronization

/// Where answers go: a connection, or what stands for one in a test.
package protocol ResponseSink: AnyObject, Sendable {
    /// Takes the answer to the request of that number; `nil` if there will be none. From any thread.
    func deliver(_ response: Response?, to request: UInt64)
    /// Calls `body` if the client goes before the request of that number is answered. From any thread.
    func whenGone(_ request: UInt64, _ body: @escaping @Sendable () -> Void)
    /// Has the stream's bytes fetched on the connection's loop. From any thread.
    func streamIsReady(_ stream: StreamBuffer)
}

/// The way to answer one request, from any thread, once.
///
/// A responder that goes away unused answers 500, so that no connection waits for ever.
public final class Responder: Sendable {
    private enum Destination: Sendable {
        case connection(any ResponseSink, request: UInt64)
        case closure(@Sendable (Response) -> Void, whenGone: @Sendable (@escaping Departure.Call) -> Void)
    }

    private let destination: Destination
    private let isUsed = Atomic<Bool>(false)

    package init(sink: any ResponseSink, request: UInt64) {
        destination = .connection(sink, request: request)
    }

    /// A responder that hands the response to a closure, to call a handler without a server.
    ///
    /// - Parameter whenGone: keeps what to call if whoever asked goes away. Nobody does unless it is given.
    public init(
        _ receive: @escaping @Sendable (Response) -> Void,
        whenGone: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) {
        destination = .closure(receive, whenGone: whenGone)
    }

    /// A responder that sends here what becomes of its response, and is to be used in place of this one.
    public func map(_ transform: @escaping @Sendable (Response) -> Response) -> Responder {
        Responder({ self.send(transform($0)) }, whenGone: { self.whenGone($0) })
    }

    /// Sends the response. A second call is a mistake: it stops a debug build and is ignored otherwise.
    public func send(_ response: Response) {
        guard !isUsed.exchange(true, ordering: .acquiringAndReleasing) else {
            assertionFailure("a response was sent twice")
            return
        }
        switch destination {
        case .connection(let sink, let request): sink.deliver(response, to: request)
        case .closure(let receive, _): receive(response)
        }
    }

    /// Calls `body` once if the client goes away before `send` is called: soon if it has gone already. It is called on
    /// the connection's loop, where it must not block, and forgotten when there is an answer.
    ///
    /// A client that has closed its connection is noticed within a second or two, one whose machine can't be reached any
    /// more within `Limits.writeTimeout`. One of HTTP/1.0 may take a minute longer: it can't be sent anything to find out.
    public func whenGone(_ body: @escaping @Sendable () -> Void) {
        // Not kept alive by this: if the handler forgets it, the client is to get its 500.
        let call: Departure.Call = { [weak self] in
            if let self, !isUsed.load(ordering: .acquiring) { body() }
        }
        switch destination {
        case .connection(let sink, let request): sink.whenGone(request, call)
        case .closure(_, let whenGone): whenGone(call)
        }
    }

    deinit {
        if !isUsed.load(ordering: .acquiring), case .connection(let sink, let request) = destination {
            sink.deliver(nil, to: request)
        }
    }
}
