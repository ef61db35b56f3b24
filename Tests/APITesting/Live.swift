import HTTP1
import RepriseClient
import ServingAPI

/// A server on a free port of the loopback address, and libcurl as its client: the one place that ties the
/// tests to a client.
final class Live: Transport {
    private let server: Server
    private let client: RepriseClient
    let url: String

    init(service: Service, limits: Limits) throws {
        server = Server(handler: service, limits: limits)
        service.include(server)
        url = "http://127.0.0.1:\(try server.start(host: "127.0.0.1", port: 0))"
        client = try RepriseClient(baseURL: url, timeout: 120)
    }

    /// No grace: the client, which is still connected, has all of its answers.
    deinit { server.stop(grace: 0) }

    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> Answer { try client.answer(method, target, fields: fields, body: body) }
}

/// A connection of its own to a server that others use too.
package struct Client: Transport {
    private let client: RepriseClient

    /// - Parameter timeout: in seconds.
    package init(url: String, timeout: Int = 120) throws {
        client = try RepriseClient(baseURL: url, timeout: timeout)
    }

    package func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> Answer { try client.answer(method, target, fields: fields, body: body) }
}

extension RepriseClient {
    fileprivate func answer(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APITesting.Answer {
        let answer = try send(method, target, fields: fields, body: body)
        return APITesting.Answer(status: answer.status, fields: answer.fields, body: answer.body)
    }
}
