import AzureDetector
import HTTP1
import Logging
import ModelStore
import OpenInference
import ServingAPI

/// A service and a transport to it.
package final class API: Sendable {
    package let service: Service
    package let registry: ModelRegistry
    private let transport: any Transport
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - data: the folder whose files requests may name as their `dataSource`.
    ///   - folder: the folder of models; by default a new one.
    ///   - probe: examines the folder; by default for real.
    ///   - computeWidth: the number of threads that process bodies; 1 processes them in the order of their
    ///   arrival.
    package init(
        _ kind: TransportKind, runtime: RuntimeLimits = .init(), limits: Limits = .init(),
        keys: APIKeys? = nil, hosts: HostPolicy = .anyHost,
        data: String? = nil, folder: TemporaryFolder? = nil, isReadOnly: Bool = false, computeWidth: Int = 2,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        probe: FolderWatch.Probe? = nil
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        let data = try data.map { try DataFolder($0) }
        registry = try ModelRegistry(
            folder: self.folder.path, limits: runtime, isReadOnly: isReadOnly, logger: logger, probe: probe)
        service = Service(
            registry: registry, limits: runtime, keys: keys, hosts: hosts,
            protocols: [OpenInferenceRoutes.init, { AzureDetectorRoutes($0, folder: data) }],
            computeWidth: computeWidth, logger: logger)
        transport =
            switch kind {
            case .inProcess: InProcessTransport(service: service)
            case .live: try LiveTransport(service: service, limits: limits)
            }
    }

    /// The base URL of the server, for additional clients; nil in process.
    package var url: String? { (transport as? LiveTransport)?.url }
}

extension API: Transport {
    package func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) throws -> APIResponse { try transport.send(method, target, fields: fields, body: body) }
}

extension Transport {
    package func post(_ path: String, _ body: JSON) throws -> APIResponse { try post(path, text: "\(body)") }

    package func post(
        _ path: String, text: String, fields: [(name: String, value: String)] = []
    ) throws -> APIResponse { try send("POST", path, fields: fields, body: Array(text.utf8)) }

    package func get(_ path: String, accept: String? = nil) throws -> APIResponse {
        try send("GET", path, fields: accept.map { [(name: "Accept", value: $0)] } ?? [], body: nil)
    }

    package func delete(_ path: String) throws -> APIResponse {
        try send("DELETE", path, fields: [], body: nil)
    }
}
