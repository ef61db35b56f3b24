import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

extension Service {
    static let modelRoutes: [Route] = [
        Route(.get, "/models", scope: .read, lane: .compute) { (service, _) throws(Problem) in
            .json { json in
                json.array("models", of: service.registry.latest()) { json, entry in
                    json.object { $0.members(of: entry) }
                }
            }
        },
        Route(.get, "/models/{model}", scope: .read) { (service, call) throws(Problem) in
            let name = try call.modelName()
            let entries = service.registry.entries(name)
            guard let latest = entries.last else { throw .unknownModel(name) }
            return .json { json in
                json.members(of: latest)
                json.member("versions", entries.map(\.version))
            }
        },
        Route(.delete, "/models/{model}", scope: .admin) { (service, call) throws(Problem) in
            let name = try call.modelName()
            guard service.registry.remove(name) else { throw .unknownModel(name) }
            return Response(status: .noContent)
        },
        Route(.get, "/models/{model}/versions/{version}", scope: .read) { (service, call) throws(Problem) in
            let (name, version) = (try call.modelName(), try call.version())
            guard let entry = service.registry.entry(name, version: version) else {
                throw .unknownModel(name, version: version)
            }
            return .json { $0.members(of: entry) }
        },
        Route(.delete, "/models/{model}/versions/{version}", scope: .admin) {
            (service, call) throws(Problem) in
            let (name, version) = (try call.modelName(), try call.version())
            guard service.registry.remove(name, version: version) else {
                throw .unknownModel(name, version: version)
            }
            return Response(status: .noContent)
        },
    ]
}

extension Call {
    /// The model of the path; one that no model can have is as unknown as any other.
    fileprivate func modelName() throws(Problem) -> String {
        let name = parameters["model"] ?? ""
        guard ModelName.isValid(name) else { throw .unknownModel(name) }
        return name
    }

    /// The version of the path.
    fileprivate func version() throws(Problem) -> Int { try Self.version(parameters["version"] ?? "") }

    /// A version as it stands in a path or a query: digits, the first of them not 0.
    static func version(_ text: String) throws(Problem) -> Int {
        guard let version = Int(text), version > 0, text == String(version) else {
            throw .badRequest("a version is a number from 1 up, not \(Quote.text(text))")
        }
        return version
    }
}

/// Names that are safe in paths, file names, logs and metric labels.
enum ModelName {
    static let rule = "a letter or digit, then up to 127 letters, digits, dots, underscores or hyphens"

    /// Whether it matches `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: "-")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension JSONWriter {
    /// What is told of a version wherever one is told of, as members of the current object.
    mutating func members(of entry: ModelRegistry.Entry) {
        let trained = entry.trained
        let network = trained.model.network
        member("model", entry.name)
        member("version", entry.version)
        member("architecture", trained.specification.architecture.name)
        member("timesteps", trained.inputShape.timesteps)
        member("features", trained.inputShape.features)
        if let units = network.encodingUnits { member("encoding_units", units) }
        member("parameters", network.parameterCount)
        member("scaling", trained.scaler.scaling.rawValue)
        member("epochs", trained.history.count)
        member("loss", Float(trained.loss))
        member("threshold", trained.threshold.value)
        member("threshold_source", trained.threshold.source.rawValue)
        member("seconds", trained.seconds)
    }
}
