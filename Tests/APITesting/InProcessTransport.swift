import Dispatch
import HTTP1
import ServingAPI
import Synchronization

/// Calls the service as the HTTP server does, without a socket: first the preflight, then the request with
/// its body.
struct InProcessTransport: Transport {
    let service: Service
    /// In seconds. It is longer than any request takes; without it a missing response would block the tests
    /// forever.
    private static let timeout = 120.0

    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APIResponse {
        let sent = try Self.request(method, target, fields: fields, body: body)
        let exchange = service.exchange(for: sent.head, from: nil)
        if let refusal = exchange.preflight() { return try APIResponse(refusal, exchange) }
        let inbox = Inbox()
        let arrived = DispatchSemaphore(value: 0)
        exchange.respond(
            to: sent,
            Responder { response in
                inbox.response.withLock { $0 = response }
                arrived.signal()
            })
        service.turnEnded()
        guard arrived.wait(timeout: .now() + Self.timeout) == .success,
            let response = inbox.response.withLock({ $0 })
        else { throw HarnessError("no response to \(method) \(target) within \(Self.timeout) s") }
        return try APIResponse(response, exchange)
    }

    /// Holds the response. A late response finds it even after the call has timed out.
    private final class Inbox: Sendable {
        let response = Mutex<Response?>(nil)
    }

    static func request(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]?
    ) throws -> Request {
        guard let parsed = RequestTarget(target) else {
            throw HarnessError("\(target) is not a request target")
        }
        let head = RequestHead(method: Method(method), target: parsed, fields: HeaderFields(fields))
        return Request(head: head, body: body ?? [])
    }
}

extension APIResponse {
    /// The response as the HTTP server would send it.
    fileprivate init(_ response: Response, _ exchange: any ExchangeHandler) throws {
        var response = response
        exchange.willRespond(with: &response)
        let body: [UInt8]
        switch response.body {
        case .empty: body = []
        case .bytes(let bytes): body = bytes
        case .stream: throw HarnessError("only the live transport can receive streams")
        }
        exchange.didEnd(ExchangeEnd(status: response.status, contentBytes: body.count, isComplete: true))
        self.init(
            status: response.status.code,
            fields: response.fields.map { (name: $0.name.lowercased(), value: $0.value) }, body: body)
    }
}
