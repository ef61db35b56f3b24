import HTTP1
import ModelStore

/// POST /compare.
struct CompareRoutes: RouteGroup {
    private let core: ServingCore

    init(_ core: ServingCore) { self.core = core }

    var routes: [Route] {
        [
            Route(
                .post, "/compare", scope: .train, mutatesModels: true, storesVersions: true, accepts: .data,
                .onQueue { (call) throws(Problem) in
                    let request = try CompareRequest(call, core.limits)
                    Comparison(request, core, call).trainNext()
                    return nil
                })
        ]
    }
}
