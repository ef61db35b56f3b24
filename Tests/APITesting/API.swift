import AzureDetector
import HTTP1
import Logging
import ModelStore
import OpenInference
import ServingAPI

/// How a test reaches the API.
package enum Wire: CaseIterable, Sendable {
    /// Straight into the service.
    case inProcess
    /// Over a socket, with libcurl.
    case live
}

/// A service with a way to reach it.
package final class API: Sendable {
    package let service: Service
    private let transport: any Transport
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - data: the folder in which requests may name files.
    ///   - folder: of the models; one of its own by default.
    ///   - computeWidth: 1 makes bodies be looked at one after the other, in the order they came.
    package init(
        _ wire: Wire, runtime: RuntimeLimits = .init(), limits: Limits = .init(), keys: APIKeys? = nil,
        data: String? = nil, folder: TemporaryFolder? = nil, isReadOnly: Bool = false, computeWidth: Int = 2
    ) throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.folder = try folder ?? TemporaryFolder()
        let data = try data.map { try DataFolder($0) }
        service = Service(
            registry: try ModelRegistry(
                folder: self.folder.path, limits: runtime, isReadOnly: isReadOnly, logger: logger),
            limits: runtime,
            keys: keys, protocols: [OpenInferenceRoutes.init, { AzureDetectorRoutes($0, folder: data) }],
            computeWidth: computeWidth, logger: logger)
        transport =
            switch wire {
            case .inProcess: InProcess(service: service)
            case .live: try Live(service: service, limits: limits)
            }
    }

    /// Where the server listens, for clients of a test's own.
    package var url: String? { (transport as? Live)?.url }
}

extension API: Transport {
    package func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) throws -> Answer { try transport.send(method, target, fields: fields, body: body) }
}

extension Transport {
    package func post(_ path: String, _ body: JSON) throws -> Answer { try post(path, text: "\(body)") }

    package func post(
        _ path: String, text: String, fields: [(name: String, value: String)] = []
    ) throws -> Answer { try send("POST", path, fields: fields, body: Array(text.utf8)) }

    package func get(_ path: String, accept: String? = nil) throws -> Answer {
        try send("GET", path, fields: accept.map { [(name: "Accept", value: $0)] } ?? [], body: nil)
    }

    package func delete(_ path: String) throws -> Answer { try send("DELETE", path, fields: [], body: nil) }
}
