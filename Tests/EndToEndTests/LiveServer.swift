import Foundation
import HTTP1
import ModelRuntime
import RepriseClient
import ServingAPI
import Testing

/// A server on a free port of the loopback address, and a client of it over libcurl.
final class LiveServer {
    let service: Service
    let client: RepriseClient
    private let server: Server

    init(limits: Limits = .init(), runtime: RuntimeLimits = .init()) throws {
        service = Service(registry: ModelRegistry(limits: runtime), limits: runtime)
        server = Server(handler: service, limits: limits)
        let port = try server.start(host: "127.0.0.1", port: 0)
        client = try RepriseClient(baseURL: "http://127.0.0.1:\(port)", timeout: 120)
    }

    deinit { server.stop(grace: 1) }

    func post(_ path: String, _ json: String, fields: [(name: String, value: String)] = []) throws -> Answer {
        Answer(try client.send("POST", path, fields: fields, body: Array(json.utf8)))
    }

    func get(_ path: String, accept: String? = nil) throws -> Answer {
        Answer(try client.send("GET", path, fields: accept.map { [(name: "Accept", value: $0)] } ?? []))
    }
}

/// An answer and its JSON.
struct Answer {
    let raw: RepriseClient.Answer
    var status: Int { raw.status }

    init(_ raw: RepriseClient.Answer) { self.raw = raw }

    /// The document as a dictionary; a failed test when it is none.
    func json() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(raw.body)) as? [String: Any], "\(raw.text)")
    }
}
