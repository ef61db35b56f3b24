import Dispatch
import HTTP1
import ServingAPI
import Synchronization

/// Calls the service as the server does, preflight first, without a socket.
struct InProcess: Transport {
    let service: Service
    /// Longer than anything that a test asks for; a missing answer must not hang the tests.
    private static let patience = 120.0

    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> Answer {
        let sent = try Self.request(method, target, fields: fields, body: body)
        let exchange = service.exchange(for: sent.head, from: nil)
        if let refusal = exchange.preflight() { return try Answer(refusal, exchange) }
        let inbox = Inbox()
        let arrived = DispatchSemaphore(value: 0)
        exchange.respond(
            to: sent,
            Responder { response in
                inbox.response.withLock { $0 = response }
                arrived.signal()
            })
        service.turnEnded()
        guard arrived.wait(timeout: .now() + Self.patience) == .success,
            let response = inbox.response.withLock({ $0 })
        else { throw HarnessError("no answer to \(method) \(target)") }
        return try Answer(response, exchange)
    }

    /// Outlives the call if the answer comes too late.
    private final class Inbox: Sendable {
        let response = Mutex<Response?>(nil)
    }

    static func request(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]?
    ) throws -> Request {
        guard let parsed = RequestTarget(target) else { throw HarnessError("no target: \(target)") }
        let head = RequestHead(method: Method(method), target: parsed, fields: HeaderFields(fields))
        return Request(head: head, body: body ?? [])
    }
}

extension Answer {
    /// What the server would send.
    fileprivate init(_ response: Response, _ exchange: any ExchangeHandler) throws {
        var response = response
        exchange.willRespond(with: &response)
        let body: [UInt8]
        switch response.body {
        case .empty: body = []
        case .bytes(let bytes): body = bytes
        case .stream: throw HarnessError("streams are for the live transport")
        }
        exchange.didEnd(ExchangeEnd(status: response.status, contentBytes: body.count, isComplete: true))
        self.init(
            status: response.status.code,
            fields: response.fields.map { (name: $0.name.lowercased(), value: $0.value) }, body: body)
    }
}
