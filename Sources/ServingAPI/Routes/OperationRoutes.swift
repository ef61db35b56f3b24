import Dispatch
import HTTP1
import JSON

/// Health, readiness, metrics, and the description of the API.
struct OperationRoutes: RouteGroup {
    private static let metricsQueue = DispatchQueue(label: "reprise.metrics")
    private static let description = StaticFile(PackageResources.openapi_yaml, .yaml)

    private let core: ServingCore

    init(_ core: ServingCore) { self.core = core }

    var routes: [Route] {
        // The description is compressed here, and not on the loop of the first request.
        let description = Self.description
        return [
            Route(
                .get, "/healthz", scope: nil,
                .onLoop { (_) throws(Problem) in .json { $0.member("status", "ok") } }),
            Route(
                .get, "/readyz", scope: nil,
                .onLoop { (_) throws(Problem) in
                    try core.readiness.requireReady()
                    return .json { $0.member("status", "ready") }
                }),
            Route(
                .get, "/openapi.yaml", scope: .read, produces: [.yaml],
                .onLoop { (call) throws(Problem) in try description.response(to: call.request.head) }),
            Route(
                .get, "/metrics", scope: .read, usesAllModels: true, produces: [.metrics, .openMetrics],
                .onLoop { (call) throws(Problem) in
                    // Use neither the loop, because this reads /proc, nor the prediction queue, whose length
                    // is a metric.
                    Self.metricsQueue.async { [core] in
                        call.responder.send(
                            Response(
                                status: .ok,
                                fields: [(name: "Content-Type", value: call.mediaType.rawValue)],
                                body: .bytes(core.metrics.text(core, as: call.mediaType))))
                    }
                    return nil
                }),
        ]
    }
}
