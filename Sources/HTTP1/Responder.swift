import Synchronization

/// The destination of responses: a connection, or its replacement in a test.
package protocol ResponseSink: AnyObject, Sendable {
    /// Delivers the response to `request`; `nil` if the handler released its responder without one. From any
    /// thread.
    func deliver(_ response: Response?, to request: UInt64)
    /// Registers `body` for a disconnect before `request` gets its response. From any thread.
    func onDisconnect(_ request: UInt64, _ body: @escaping @Sendable () -> Void)
    /// Schedules `stream` to be drained on the connection's event loop. From any thread.
    func streamIsReady(_ stream: StreamBuffer)
    /// Continues with a body that has room again or is refused, on the connection's event loop. From any
    /// thread.
    func bodyIsReady(_ body: BodyReader)
}

/// Sends the response to one request, once, from any thread.
///
/// A responder that is released without a response sends 500, so that no connection waits forever.
public final class Responder: Sendable {
    private enum Destination: Sendable {
        case connection(any ResponseSink, request: UInt64)
        case closure(
            @Sendable (Response) -> Void,
            onDisconnect: @Sendable (@escaping DisconnectHandlers.Callback) -> Void)
    }

    private let destination: Destination
    private let isUsed = Atomic<Bool>(false)

    package init(sink: any ResponseSink, request: UInt64) {
        destination = .connection(sink, request: request)
    }

    /// Creates a responder that passes the response to a closure, to call a handler without a server.
    ///
    /// - Parameters:
    ///   - receive: called with the response.
    ///   - onDisconnect: registers a callback for a client disconnect. By default callbacks are ignored.
    public init(
        _ receive: @escaping @Sendable (Response) -> Void,
        onDisconnect: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in }
    ) {
        destination = .closure(receive, onDisconnect: onDisconnect)
    }

    /// Sends the response. A second call is a programming error: it traps in debug builds and is ignored
    /// otherwise.
    public func send(_ response: Response) {
        guard !isUsed.exchange(true, ordering: .acquiringAndReleasing) else {
            assertionFailure("a responder sends only one response")
            return
        }
        switch destination {
        case .connection(let sink, let request): sink.deliver(response, to: request)
        case .closure(let receive, _): receive(response)
        }
    }

    /// Registers a callback for a client disconnect before `send` is called. Calls `body` once, on the
    /// connection's event loop, where it must not block; also if the client has disconnected already. The
    /// callback is dropped when a response is sent.
    ///
    /// A closed connection is detected within one or two seconds, an unreachable client within
    /// `Limits.writeTimeout`. An HTTP/1.0 client may take a minute longer, because it cannot be sent an
    /// interim response as a probe.
    public func onDisconnect(_ body: @escaping @Sendable () -> Void) {
        // Weak, so that the callback does not keep the responder alive: if the handler releases the
        // responder, the client must get its 500.
        let call: DisconnectHandlers.Callback = { [weak self] in
            if let self, !isUsed.load(ordering: .acquiring) { body() }
        }
        switch destination {
        case .connection(let sink, let request): sink.onDisconnect(request, call)
        case .closure(_, let onDisconnect): onDisconnect(call)
        }
    }

    deinit {
        if !isUsed.load(ordering: .acquiring), case .connection(let sink, let request) = destination {
            sink.deliver(nil, to: request)
        }
    }
}
