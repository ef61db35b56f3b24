import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// The REST API of the Open Inference Protocol (KServe's V2), for the clients of other inference servers.
extension Service {
    static let inferenceRoutes: [Route] =
        [
            Route(.get, "/v2", scope: .read) { (_, _) throws(Problem) in
                .json { json in
                    json.member("name", "reprise")
                    json.member("version", Software.version)
                    json.member("extensions", ["binary_tensor_data"])
                }
            },
            Route(.get, "/v2/health/live", scope: nil) { (_, _) throws(Problem) in
                .json { $0.member("live", true) }
            },
            Route(.get, "/v2/health/ready", scope: nil) { (service, _) throws(Problem) in
                guard service.readiness else { throw .draining() }
                return .json { $0.member("ready", true) }
            },
            Route(.post, "/v2/repository/index", scope: .read, lane: .compute, takes: .json) {
                (service, call) throws(Problem) in
                try service.inferenceProtocol { (service) throws(Problem) in try service.repositoryIndex(call)
                }
            },
        ]
        + ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"].flatMap { path in
            [
                Route(.get, path, scope: .read, lane: .compute) { (service, call) throws(Problem) in
                    try service.inferenceMetadata(call)
                },
                Route(.get, path + "/ready", scope: .read, lane: .compute) {
                    (service, call) throws(Problem) in
                    let version = try service.description(call.modelName(), call.versionIfAny())
                    return .json { json in
                        json.member("name", version.name)
                        json.member("ready", true)
                    }
                },
                Route(
                    .post, path + "/infer", scope: .infer, lane: .compute, takes: .inference,
                    produces: [.json, .file]
                ) { (service, call) throws(Problem) in
                    try service.inferenceProtocol { (service) throws(Problem) in
                        let asked = try InferenceRequest(call, service)
                        let values = try service.computing(
                            asked.entry, windows: asked.windows.count, for: call, asked.compute)
                        return asked.response(values)
                    }
                },
            ]
        }

    /// Answers as the protocol has it, which knows no 422.
    private func inferenceProtocol(
        _ body: (Service) throws(Problem) -> Response
    ) throws(Problem) -> Response {
        do throws(Problem) {
            return try body(self)
        } catch {
            throw error.asBadRequest
        }
    }

    /// What a model takes and gives.
    private func inferenceMetadata(_ call: Call) throws(Problem) -> Response {
        let version = try description(call.modelName(), call.versionIfAny())
        let versions = try versions(version.name).numbers
        let model = version.model
        return .json { json in
            json.member("name", version.name)
            json.member("versions", versions.map(String.init))
            json.member("platform", "reprise")
            json.array("inputs") {
                $0.tensor(InferenceOutput.input, ofEachWindow: model.inputShape.dimensions)
            }
            json.array("outputs", of: InferenceOutput.all(of: model)) { json, output in
                json.tensor(output.rawValue, ofEachWindow: output.shape(of: model) ?? [])
            }
        }
    }

    /// Every version of every model; all of them are ready.
    private func repositoryIndex(_ call: Call) throws(Problem) -> Response {
        if !call.request.body.isEmpty {
            var body = try FieldReader(call.request)
            try body.read { (body) throws(JSONError) in
                _ = try body.bool("ready")
                try body.rejectUnknown()
            }
        }
        let names = try onDisk { (registry) throws(FileError) in
            try registry.names(after: nil, limit: .max).names
        }
        var json = JSONWriter(reservingCapacity: 64 * names.count)
        try json.array { (json) throws(Problem) in
            for name in names {
                let versions = try onDisk { (registry) throws(FileError) in try registry.versions(name) }
                // It may have been deleted meanwhile.
                for version in versions?.numbers ?? [] {
                    json.object { json in
                        json.member("name", name)
                        json.member("version", "\(version)")
                        json.member("state", "READY")
                        json.member("reason", "")
                    }
                }
            }
        }
        return Response(
            status: .ok, fields: [(name: "Content-Type", value: MediaType.json.rawValue)],
            body: .bytes(json.bytes))
    }
}

extension Call {
    /// The version of the path; the latest if it has none.
    func versionIfAny() throws(Problem) -> VersionReference {
        parameters["version"] == nil ? .latest : try version()
    }
}
