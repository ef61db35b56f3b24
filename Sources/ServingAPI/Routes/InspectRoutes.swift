import HTTP1
import Inspection
import JSON
import ModelFiles
import ModelStore

/// POST /inspect: what the server understands of data, before anything is learned from them.
struct InspectRoutes: RouteGroup {
    private let models: ModelLookup

    init(_ core: ServingCore) { models = core.models }

    var routes: [Route] {
        [
            Route(
                .post, "/inspect", scope: .infer, accepts: .data,
                .onQueue { (call) throws(Problem) in try inspect(call) })
        ]
    }

    private func inspect(_ call: Call) throws(Problem) -> Response {
        var request = try DataRequest(call)
        var version: ModelRegistry.Description?
        if request.options.has("model") || request.options.has("version") {
            let reference = try request.modelReference(for: call)
            version = try models.description(reference.model, reference.version)
        }
        let (inspection, windows) = try request.inspection(for: version?.model)
        try request.rejectUnknown()
        return .json { json in
            if let version {
                json.member("model", version.name)
                json.member("version", version.version)
            }
            json.members(of: inspection)
            if let windows { json.member("windows", windows) }
            if let preview = inspection.preview { json.member(preview) }
            json.member("warnings", inspection.warnings)
        }
    }
}
