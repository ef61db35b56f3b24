import Dispatch
import HTTP1
import JSON

extension Service {
    static let operationRoutes: [Route] = [
        Route(.get, "/healthz", scope: nil) { (_, _) throws(Problem) in .json { $0.member("status", "ok") } },
        Route(.get, "/readyz", scope: nil) { (service, _) throws(Problem) in
            guard service.readiness else { throw .draining() }
            return .json { $0.member("status", "ready") }
        },
        Route(.get, "/openapi.yaml", scope: .read, produces: [.yaml]) { (_, call) throws(Problem) in
            description.response(to: call.request.fields)
        },
        Route(.get, "/metrics", scope: .read, produces: [.metrics]) { (service, call) throws(Problem) in
            // Not on the loop, for /proc is read; nor in the line of predictions, whose length is to be seen.
            metricsQueue.async {
                call.responder.send(
                    Response(
                        status: .ok, fields: [(name: "Content-Type", value: MediaType.metrics.rawValue)],
                        body: .bytes(service.metricsText())))
            }
            return nil
        },
    ]

    private static let metricsQueue = DispatchQueue(label: "reprise.metrics")

    private static let description = StaticFile(PackageResources.openapi_yaml, .yaml)
}
