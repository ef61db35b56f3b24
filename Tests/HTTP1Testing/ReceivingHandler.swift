import HTTP1
import Synchronization

/// Receives each body piece by piece, and then responds as `SampleHandler` does to the whole body.
package struct ReceivingHandler: Handler {
    private let maxBodyBytes: Int

    /// - Parameter maxBodyBytes: the limit of the receivers; by default that of bodies in memory.
    package init(maxBodyBytes: Int = Limits().maxBodyBytes) { self.maxBodyBytes = maxBodyBytes }

    package func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler {
        ReceivingExchange(head, maxBodyBytes: maxBodyBytes)
    }
}

/// One exchange, which reads the body as soon as it arrives.
private final class ReceivingExchange: ExchangeHandler, BodyReceiver {
    let maxBodyBytes: Int
    private let head: RequestHead?
    private let body = Mutex<[UInt8]>([])

    init(_ head: RequestHead?, maxBodyBytes: Int) {
        self.head = head
        self.maxBodyBytes = maxBodyBytes
    }

    func preflight() -> Response? { head.flatMap(SampleHandler().preflight) }
    func bodyReceiver() -> (any BodyReceiver)? { self }

    func bodyIsReady(_ reader: BodyReader) {
        while true {
            let piece = reader.read()
            guard !piece.isEmpty else { return }
            body.withLock { $0 += piece }
        }
    }

    func bodyDidFail() {}

    func respond(to request: Request, _ responder: Responder) {
        precondition(request.body.isEmpty, "the receiver has the body")
        SampleHandler().respond(
            to: Request(head: request.head, body: body.withLock { $0 }), responder)
    }

    func willRespond(with response: inout Response) {}
    func didEnd(_ end: ExchangeEnd) {}
}
