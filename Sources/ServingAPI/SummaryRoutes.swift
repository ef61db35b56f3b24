import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork

extension Service {
    static let summaryRoutes: [Route] = [
        Route(.get, "/summary", scope: .read, produces: [.json, .text]) { (service, call) throws(Problem) in
            let (name, version) = try call.summaryQuery()
            guard let entry = service.registry.entry(name, version: version) else {
                throw .unknownModel(name, version: version)
            }
            return summary(of: entry.trained.model.network, model: name, as: call.mediaType)
        },
        Route(.post, "/summary", scope: .read, lane: .compute, takesBody: true, produces: [.json, .text]) {
            (service, call) throws(Problem) in
            var body = try FieldReader(call.request)
            let network = try body.read { (body) throws(JSONError) in
                try body.untrainedNetwork(parameters: service.limits.parameters)
            }
            return summary(of: network, model: nil, as: call.mediaType)
        },
    ]

    private static func summary(of network: Sequential, model: String?, as type: MediaType) -> Response {
        if type == .text {
            return Response(
                status: .ok, fields: [(name: "Content-Type", value: MediaType.text.rawValue)],
                body: .bytes(Array(SummaryTable(network, model: model ?? "sequential").text.utf8)))
        }
        return .json { json in
            if let model { json.member("model", model) } else { json.nullMember("model") }
            json.array("layers", of: network.entries) { json, entry in
                json.object { json in
                    json.member("name", entry.name)
                    json.member("type", entry.layer.type)
                    json.array("output_shape") { json in
                        json.null()
                        for size in entry.outputShape.dimensions { json.value(size) }
                    }
                    json.member("parameters", entry.parameterCount)
                }
            }
            json.member("parameters", network.parameterCount)
            json.member("trainable_parameters", network.parameterCount)
        }
    }
}

extension Call {
    /// `?model=…&version=…`, and nothing else.
    fileprivate func summaryQuery() throws(Problem) -> (String, Int?) {
        var name: String?
        var version: Int?
        for item in request.target.queryItems {
            switch item.name {
            case "model" where name == nil: name = item.value
            case "version" where version == nil: version = try Self.version(item.value)
            case "model", "version": throw .badRequest("\(item.name) is there twice in the query")
            default:
                throw .badRequest(
                    "unknown query parameter \(Quote.text(item.name)); known are model and version")
            }
        }
        guard let name else {
            throw .badRequest(
                "say which model: /summary?model=NAME, or POST an architecture that is not trained yet")
        }
        guard ModelName.isValid(name) else { throw .unknownModel(name, version: version) }
        return (name, version)
    }
}

extension FieldReader {
    /// An architecture and the shape of its windows, of so many parameters at most.
    fileprivate mutating func untrainedNetwork(parameters limit: Int) throws(JSONError) -> Sequential {
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
        guard network.parameterCount <= limit else {
            throw JSONError(
                .invalid, at: architecture.pointer,
                "the network would have \(network.parameterCount) parameters; this server allows \(limit)")
        }
        return network
    }
}
