import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// The REST API of the Open Inference Protocol (KServe's V2), for clients of other inference servers.
package struct OpenInferenceRoutes: RouteGroup {
    private let models: ModelLookup
    private let limits: RuntimeLimits
    private let inferences: InferenceMetrics
    private let readiness: Readiness

    package init(_ core: ServingCore) {
        models = core.models
        limits = core.limits
        inferences = core.inferences
        readiness = core.readiness
    }

    /// RFC 9457, but 422 becomes 400, because the protocol does not have 422.
    package var problemFormat: ProblemFormat? {
        ProblemFormat(pathPrefix: "/v2/") { $0.asBadRequest.response }
    }

    package var routes: [Route] { serverRoutes + modelRoutes }

    private var serverRoutes: [Route] {
        [
            Route(
                .get, "/v2", scope: .read,
                .onLoop { (_) throws(Problem) in
                    .json { json in
                        json.member("name", "reprise")
                        json.member("version", Software.version)
                        json.member("extensions", ["binary_tensor_data"])
                    }
                }),
            Route(
                .get, "/v2/health/live", scope: nil,
                .onLoop { (_) throws(Problem) in .json { $0.member("live", true) } }),
            Route(
                .get, "/v2/health/ready", scope: nil,
                .onLoop { (_) throws(Problem) in
                    try readiness.requireReady()
                    return .json { $0.member("ready", true) }
                }),
            Route(
                .post, "/v2/repository/index", scope: .read, accepts: .json,
                .onQueue { (call) throws(Problem) in
                    try repositoryIndex(call)
                }),
        ]
    }

    private var modelRoutes: [Route] {
        ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap { path in
            [
                Route(
                    .get, path, scope: .read, .onQueue { (call) throws(Problem) in try metadata(call) }),
                Route(
                    .get, path + "/ready", scope: .read,
                    .onQueue { (call) throws(Problem) in
                        let version = try models.description(call.model(), call.version())
                        return .json { json in
                            json.member("name", version.name)
                            json.member("ready", true)
                        }
                    }),
                Route(
                    .post, path + "/infer", scope: .infer, accepts: .inference, produces: [.json, .file],
                    .onQueue { (call) throws(Problem) in
                        try infer(call)
                    }),
            ]
        }
    }

    private func infer(_ call: Call) throws(Problem) -> Response {
        let request = try InferenceRequest(call, models, limits)
        return request.response(try request.compute(for: call, inferences))
    }

    /// The inputs and outputs of a model.
    private func metadata(_ call: Call) throws(Problem) -> Response {
        let version = try models.description(call.model(), call.version())
        let versions = try models.versions(call.model()).numbers
        let model = version.model
        return .json { json in
            json.member("name", version.name)
            json.member("versions", versions.map(String.init))
            json.member("platform", "reprise")
            json.array("inputs") {
                $0.tensor(
                    InferenceOutput.input, InferenceOutput.inputDatatype(for: model),
                    ofEachWindow: model.inputShape.dimensions)
            }
            json.array("outputs", of: InferenceOutput.all(of: model)) { json, output in
                json.tensor(output.rawValue, ofEachWindow: output.shape(of: model) ?? [])
            }
        }
    }

    /// Every version of every model. Those that this release does not understand are unavailable.
    private func repositoryIndex(_ call: Call) throws(Problem) -> Response {
        var onlyReady = false
        if !call.request.body.isEmpty {
            var body = try FieldReader(json: call)
            onlyReady = try body.read { (body) throws(JSONError) in
                let onlyReady = try body.bool("ready", default: false)
                try body.rejectUnknown()
                return onlyReady
            }
        }
        let names = try models.onDisk { (registry) throws(FileError) in
            try registry.names(after: nil, limit: .max, where: call.permission.allows).names
        }
        var json = JSONWriter(reservingCapacity: 64 * names.count)
        try json.array { (json) throws(Problem) in
            for name in names {
                let versions = try models.onDisk { (registry) throws(FileError) in
                    try registry.versions(name)
                }
                // Skip a model that has been deleted in the meantime.
                for version in versions?.numbers ?? [] {
                    json.object { json in
                        json.member("name", name)
                        json.member("version", "\(version)")
                        json.member("state", "READY")
                        json.member("reason", "")
                    }
                }
                for version in onlyReady ? [] : versions?.unreadable ?? [] {
                    json.object { json in
                        json.member("name", name)
                        json.member("version", "\(version.number)")
                        json.member("state", "UNAVAILABLE")
                        json.member("reason", version.reason)
                    }
                }
            }
        }
        return .json(written: json)
    }
}
