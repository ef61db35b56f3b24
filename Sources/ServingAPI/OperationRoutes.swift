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
    ]

    private static let description = StaticFile(PackageResources.openapi_yaml, .yaml)
}
