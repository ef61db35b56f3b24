import HTTP1

extension Service {
    static let operationRoutes: [Route] = [
        Route(.get, "/healthz", scope: nil) { (_, _) throws(Problem) in .json { $0.member("status", "ok") } },
        Route(.get, "/readyz", scope: nil) { (service, _) throws(Problem) in
            guard service.readiness else { throw .draining() }
            return .json { $0.member("status", "ready") }
        },
        Route(.get, "/openapi.yaml", scope: .read, produces: [.yaml]) { (_, _) throws(Problem) in
            Response(
                status: .ok, fields: [(name: "Content-Type", value: MediaType.yaml.rawValue)],
                body: .bytes(PackageResources.openapi_yaml))
        },
    ]
}
