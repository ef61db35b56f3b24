import Diagrams
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork

/// GET /summary and POST /summary: the layers of a trained or an untrained network as JSON, as a table like
/// that of Keras' `Model.summary()`, or as a flow diagram.
struct SummaryRoutes: RouteGroup {
    private let models: ModelLookup
    private let limits: RuntimeLimits

    init(_ core: ServingCore) {
        models = core.models
        limits = core.limits
    }

    var routes: [Route] {
        [
            Route(
                .get, "/summary", scope: .read, produces: [.json, .text, .svg],
                .onQueue { (call) throws(Problem) in
                    let (model, version) = try call.summaryQuery()
                    let description = try models.description(model, version).model
                    try description.requireNetwork(model.name, for: "layers")
                    return Self.summary(of: description.network, model: model.name, as: call.mediaType)
                }),
            Route(
                .post, "/summary", scope: .read, accepts: .json, produces: [.json, .text, .svg],
                .onQueue { (call) throws(Problem) in
                    var body = try FieldReader(json: call)
                    let network = try body.read { (body) throws(JSONError) in
                        try body.untrainedNetwork(limits)
                    }
                    return Self.summary(of: network, model: nil, as: call.mediaType)
                }),
        ]
    }

    private static func summary(of network: Sequential, model: String?, as type: MediaType) -> Response {
        if type == .svg { return .svg(FlowDiagram(network, model: model).document) }
        if type == .text {
            return Response(
                status: .ok, fields: [(name: "Content-Type", value: MediaType.text.rawValue)],
                body: .bytes(Array(SummaryTable(network, model: model ?? "sequential").text.utf8)))
        }
        return .json { json in
            if let model { json.member("model", model) } else { json.nullMember("model") }
            json.array("layers", of: network.entries) { json, entry in
                json.object { json in
                    json.identity(of: entry)
                    json.member("parameters", entry.parameterCount)
                }
            }
            json.member("parameters", network.parameterCount)
            json.member("trainable_parameters", network.parameterCount)
        }
    }
}

extension Call {
    /// Reads `?model=…&version=…`.
    fileprivate func summaryQuery() throws(Problem) -> (PermittedModel, VersionReference) {
        let query = try query(["model", "version"])
        guard let name = query["model"] else {
            throw .badRequest(
                "the query parameter model is missing: send /summary?model=NAME, or POST an untrained "
                    + "architecture"
            )
        }
        let version = try query["version"].map { (text) throws(Problem) in try Self.version(text) } ?? .latest
        let model = try permission.model(name)
        guard ModelName.isValid(name) else { throw .unknownModel(name, version) }
        return (model, version)
    }
}

extension FieldReader {
    /// Reads an architecture and the shape of its windows.
    /// - Throws: an error for an invalid architecture, and for one beyond the limits.
    fileprivate mutating func untrainedNetwork(_ limits: RuntimeLimits) throws(JSONError) -> Sequential {
        let architecture = try architecture()
        let timesteps = try requiredInt("timesteps", in: 1...(1 << 20))
        let features = try requiredInt("features", in: 1...(1 << 20))
        try rejectUnknown()
        let network: Sequential
        do throws(ArchitectureError) {
            network = try Sequential(architecture, timesteps: timesteps, features: features)
        } catch {
            throw JSONError(error, in: architecture)
        }
        guard network.parameterCount <= limits.maxParameters else {
            throw JSONError(
                .invalid, at: architecture.pointer,
                "the model would have \(network.parameterCount) parameters; this server allows "
                    + "\(limits.maxParameters)"
            )
        }
        return network
    }
}
