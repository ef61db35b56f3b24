import HTTP1
import RepriseClient
import ServingAPI

/// A server on a free port of the loopback address, with libcurl as its client. Only this file depends on the
/// client.
final class LiveTransport: Transport {
    private let server: Server
    private let client: RepriseClient
    let url: String

    init(service: Service, limits: Limits) throws {
        server = Server(handler: service, limits: limits)
        service.include(server)
        url = "http://127.0.0.1:\(try server.start(host: "127.0.0.1", port: 0))"
        client = try RepriseClient(baseURL: url, timeout: 120)
    }

    /// No grace period is needed: the client, which is still connected, has received all responses.
    deinit { server.stop(grace: 0) }

    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APIResponse { try client.response(method, target, fields: fields, body: body) }
}

/// A separate connection to a server.
package struct Client: Transport {
    private let client: RepriseClient

    /// - Parameter timeout: in seconds.
    package init(url: String, timeout: Int = 120) throws {
        client = try RepriseClient(baseURL: url, timeout: timeout)
    }

    package func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APIResponse { try client.response(method, target, fields: fields, body: body) }
}

extension RepriseClient {
    fileprivate func response(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APIResponse {
        let response = try send(method, target, fields: fields, body: body)
        return APIResponse(status: response.status, fields: response.fields, body: response.body)
    }
}
