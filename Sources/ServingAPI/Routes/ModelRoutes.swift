import Detection
import HTTP1
import JSON
import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension Service {
    static let modelRoutes: [Route] = [
        Route(.get, "/models", scope: .read, lane: .compute) { (service, call) throws(Problem) in
            let (after, limit) = try call.page()
            let (names, isLast) = try service.onDisk { (registry) throws(FileError) in
                try registry.names(after: after, limit: limit)
            }
            // One after the other: their histories may be long.
            var json = JSONWriter(reservingCapacity: 512 * names.count + 64)
            json.object { json in
                json.array("models") { json in
                    for name in names {
                        guard let model = service.listed(name) else { continue }
                        json.object { $0.members(of: model) }
                    }
                }
                json.member("next", isLast ? nil : names.last)
            }
            return Response(
                status: .ok, fields: [(name: "Content-Type", value: MediaType.json.rawValue)],
                body: .bytes(json.bytes))
        },
        Route(.get, "/models/{model}", scope: .read, lane: .compute) { (service, call) throws(Problem) in
            let name = try call.modelName()
            let latest = try service.description(name, .latest)
            let versions = try service.versions(name)
            return .json { json in
                json.members(of: latest)
                json.member("versions", versions.numbers)
                json.aliases(versions.aliases)
            }
        },
        Route(.delete, "/models/{model}", scope: .admin, stores: true, lane: .compute) {
            (service, call) throws(Problem) in
            let name = try call.modelName()
            guard try service.onDisk({ (registry) throws(FileError) in try registry.remove(name) }) else {
                throw .unknownModel(name)
            }
            return Response(status: .noContent)
        },
        Route(.get, "/models/{model}/versions/{version}", scope: .read, lane: .compute) {
            (service, call) throws(Problem) in
            let version = try service.description(call.modelName(), call.version())
            return .json { $0.members(of: version) }
        },
        Route(.delete, "/models/{model}/versions/{version}", scope: .admin, stores: true, lane: .compute) {
            (service, call) throws(Problem) in
            let name = try call.modelName()
            guard case .number(let version) = try call.version() else {
                throw .badRequest("a version is deleted by its number, not by an alias")
            }
            let isRemoved = try service.onDisk { (registry) throws(FileError) in
                try registry.remove(name, version: version)
            }
            if isRemoved { return Response(status: .noContent) }
            // Asked afterwards: another server may have set an alias in the last moment.
            let aliases = try service.versions(name).aliases.filter { $0.value == version }.keys.sorted()
            guard aliases.isEmpty else { throw .aliasInUse(aliases, version: version) }
            throw .unknownModel(name, .number(version))
        },
    ]

    /// What is known of a model for a list; nil if it has gone, or can't be read, which is no reason to tell of none.
    private func listed(_ name: String) -> ModelRegistry.Description? {
        do throws(FileError) {
            return try registry.description(name)
        } catch {
            logger.error("a model can't be read", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    // MARK: What is on disk

    /// Does something with the registry that may take the disk.
    func onDisk<Value>(
        _ body: (ModelRegistry) throws(FileError) -> Value
    ) throws(Problem) -> Value {
        do throws(FileError) {
            return try body(registry)
        } catch {
            logger.error("the disk fails", metadata: ["reason": "\(error)"])
            throw Problem(error)
        }
    }

    /// A version, or 404.
    func entry(_ name: String, _ version: VersionReference) throws(Problem) -> ModelRegistry.Entry {
        let entry = try onDisk { (registry) throws(FileError) in try registry.entry(name, version) }
        guard let entry else { throw .unknownModel(name, version) }
        return entry
    }

    /// A version, or 404.
    /// - Parameter inMemory: whether to leave the disk alone; nil then says that it is needed.
    func entry(
        _ reference: (name: String, version: VersionReference), inMemory: Bool
    ) throws(Problem) -> ModelRegistry.Entry? {
        guard inMemory else { return try entry(reference.name, reference.version) }
        return registry.loaded(reference.name, reference.version)
    }

    /// What is known of a version, or 404.
    func description(
        _ name: String, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Description {
        let description = try onDisk { (registry) throws(FileError) in try registry.description(name, version)
        }
        guard let description else { throw .unknownModel(name, version) }
        return description
    }

    /// The versions of a model, or 404.
    func versions(_ name: String) throws(Problem) -> ModelRegistry.Versions {
        let versions = try onDisk { (registry) throws(FileError) in try registry.versions(name) }
        guard let versions else { throw .unknownModel(name) }
        return versions
    }
}

extension Call {
    /// The model of the path; one that no model can have is as unknown as any other.
    func modelName() throws(Problem) -> String {
        let name = parameters["model"] ?? ""
        guard ModelName.isValid(name) else { throw .unknownModel(name) }
        return name
    }

    /// The version of the path.
    func version() throws(Problem) -> VersionReference { try Self.version(parameters["version"] ?? "") }

    /// A version as it stands in a path or a query.
    static func version(_ text: String) throws(Problem) -> VersionReference {
        guard let version = VersionReference(text) else {
            throw .badRequest("a version is \(VersionReference.rule), not \(Quote.text(text))")
        }
        return version
    }

    /// `?after=…&limit=…`: the part of a list that is asked for.
    fileprivate func page() throws(Problem) -> (after: String?, limit: Int) {
        let query = try query(["after", "limit"])
        guard let limit = Int(query["limit"] ?? "100"), (1...1000).contains(limit) else {
            throw .badRequest("limit is a number from 1 to 1000")
        }
        return (query["after"], limit)
    }

    /// The query's parameters, of which only these are known.
    func query(_ known: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for item in request.target.queryItems {
            guard known.contains(item.name) else {
                throw .badRequest(
                    "unknown query parameter \(Quote.text(item.name)); known are \(known.joined(separator: " and "))"
                )
            }
            guard values.updateValue(item.value, forKey: item.name) == nil else {
                throw .badRequest("\(item.name) is there twice in the query")
            }
        }
        return values
    }
}

extension JSONWriter {
    /// What is told of a version wherever one is told of, as members of the current object.
    mutating func members(of version: ModelRegistry.Description) {
        let model = version.model
        member("model", version.name)
        member("version", version.version)
        member("architecture", model.architecture.name)
        member("timesteps", model.inputShape.timesteps)
        member("features", model.inputShape.features)
        member("feature_names", model.featureNames)
        if let units = model.network.encodingUnits { member("encoding_units", units) }
        member("parameters", model.network.parameterCount)
        member("scaling", model.scaler.scaling.rawValue)
        member("epochs", model.training.history.count)
        member("loss", model.loss.map { Float($0) })
        member("error_kind", model.errorKind.rawValue)
        member("threshold", model.threshold?.value)
        member("threshold_source", model.threshold?.source?.rawValue)
        member("threshold_windows", model.errors?.count)
        member("seconds", model.training.seconds)
        if let base = model.training.warmStart { member("warm_start", base) }
        member("created_at", model.origin.createdAt)
        member("software", model.origin.software)
    }

    /// `"aliases":{"stable":3}`.
    mutating func aliases(_ aliases: [String: Int]) {
        object("aliases") { json in
            for (alias, version) in aliases.sorted(by: { $0.key < $1.key }) { json.member(alias, version) }
        }
    }
}
