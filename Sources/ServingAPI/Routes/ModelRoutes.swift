import Detection
import HTTP1
import JSON
import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// The registry: listing, describing and deleting models and versions.
struct ModelRoutes: RouteGroup {
    private let models: ModelLookup
    private let logger: Logger

    init(_ core: ServingCore) {
        models = core.models
        logger = core.logger
    }

    var routes: [Route] {
        [
            Route(.get, "/models", scope: .read, .onQueue { (call) throws(Problem) in try list(call) }),
            Route(
                .get, "/models/{model}", scope: .read, query: [],
                .onQueue { (call) throws(Problem) in
                    let model = try call.model()
                    let latest = try models.description(model, .latest)
                    let versions = try models.examinedVersions(model)
                    return .json { json in
                        json.members(of: latest)
                        json.member("versions", versions.numbers)
                        json.unreadable(versions.unreadable)
                        json.aliases(versions.aliases)
                    }
                }),
            Route(
                .delete, "/models/{model}", scope: .admin, mutatesModels: true, query: [],
                .onQueue { (call) throws(Problem) in
                    let model = try call.model()
                    try call.checkPreconditions { () throws(Problem) in _ = try models.versions(model) }
                    let isRemoved = try models.onDisk { (registry) throws(FileError) in
                        try registry.remove(model.name)
                    }
                    guard isRemoved else { throw .unknownModel(model.name) }
                    return Response(status: .noContent)
                }),
            Route(
                .get, "/models/{model}/versions/{version}", scope: .read, query: [],
                .onQueue { (call) throws(Problem) in
                    let version = try models.description(call.model(), call.version())
                    return .json { $0.members(of: version) }
                }),
            Route(
                .delete, "/models/{model}/versions/{version}", scope: .admin, mutatesModels: true, query: [],
                .onQueue { (call) throws(Problem) in try deleteVersion(call) }),
        ]
    }

    private func list(_ call: Call) throws(Problem) -> Response {
        let (after, limit) = try call.page()
        let (names, isLast) = try models.onDisk { (registry) throws(FileError) in
            try registry.names(after: after, limit: limit, where: call.permission.allows)
        }
        // Hold one description at a time in memory, because histories may be long.
        var json = JSONWriter(reservingCapacity: 512 * names.count + 64)
        json.object { json in
            json.array("models") { json in
                for name in names {
                    guard let (model, aliases) = latest(name) else { continue }
                    json.object { json in
                        json.members(of: model)
                        json.aliases(aliases)
                    }
                }
            }
            json.member("next", isLast ? nil : names.last)
        }
        return .json(written: json)
    }

    /// The latest version of a model, and its aliases; nil if the model has been deleted or cannot be read.
    /// The listing leaves it out then.
    private func latest(_ name: String) -> (ModelRegistry.Description, aliases: [String: Int])? {
        do {
            guard let latest = try models.registry.description(name),
                let versions = try models.registry.versions(name)
            else { return nil }
            return (latest, versions.aliases)
        } catch VersionError.disk(let error) {
            logger.error("cannot read a model", metadata: ["reason": "\(error)"])
        } catch let error as FileError {
            logger.error("cannot read a model", metadata: ["reason": "\(error)"])
        } catch {
            // A version that is not understood has been logged.
        }
        return nil
    }

    private func deleteVersion(_ call: Call) throws(Problem) -> Response {
        let model = try call.model()
        guard case .number(let version) = try call.version() else {
            throw .badRequest("the version to delete must be a number, not an alias")
        }
        try call.checkPreconditions { () throws(Problem) in try requireDeletable(version, of: model) }
        let isRemoved = try models.onDisk { (registry) throws(FileError) in
            try registry.remove(model.name, version: version)
        }
        if isRemoved { return Response(status: .noContent) }
        // Read the aliases after the attempt, because another server may have set one just before it.
        try requireDeletable(version, of: model)
        // Another server has changed the model since the attempt, which found nothing to delete.
        throw .unknownModel(model.name, .number(version))
    }

    /// - Throws: 404 if the version does not exist, 409 if an alias points to it.
    private func requireDeletable(_ version: Int, of model: PermittedModel) throws(Problem) {
        let versions = try models.versions(model)
        let aliases = versions.aliases.filter { $0.value == version }.keys.sorted()
        guard aliases.isEmpty else { throw .aliasInUse(aliases, version: version) }
        guard versions.contains(version) else { throw .unknownModel(model.name, .number(version)) }
    }
}

extension Call {
    /// The requested page of a listing: `?after=…&limit=…`.
    fileprivate func page() throws(Problem) -> (after: String?, limit: Int) {
        let query = try query(["after", "limit"])
        guard let limit = Int(query["limit"] ?? "100"), (1...1000).contains(limit) else {
            throw .badRequest("limit must be a number from 1 to 1000")
        }
        return (query["after"], limit)
    }
}

extension JSONWriter {
    /// The description of a version, as members of the current object.
    mutating func members(of version: ModelRegistry.Description) {
        let model = version.model
        member("model", version.name)
        member("version", version.version)
        member("detector", DetectorName(of: model.architecture).rawValue)
        member("architecture", model.architecture.baseline == nil ? model.architecture.name : nil)
        member("timesteps", model.inputShape.timesteps)
        member("features", model.inputShape.features)
        member("feature_names", model.featureNames)
        if let columns = model.columns {
            name("columns")
            self.columns(columns)
        }
        if let units = model.network.encodingUnits { member("encoding_units", units) }
        member("parameters", model.network.parameterCount)
        preparation(of: model)
        member("scaling", model.scaler.scaling.rawValue)
        member("epochs", model.training.history.count)
        member("loss", model.loss.map { Float($0) })
        member("error_kind", model.errorKind.rawValue)
        member("threshold", model.threshold?.value)
        member("threshold_source", model.threshold?.source?.rawValue)
        member("threshold_windows", model.errors?.count)
        member("mode", model.scoring?.rowRule.mode.rawValue)
        member("row_threshold", model.scoring?.rowThreshold)
        member("seconds", model.training.seconds)
        if let base = model.training.warmStart { member("warm_start", base) }
        if let calibration = model.calibration {
            object("calibration") { $0.members(of: calibration) }
        }
        if let feedback = model.feedback { object("feedback") { $0.members(of: feedback) } }
        member("created_at", model.origin.createdAt)
        member("software", model.origin.software)
    }

    /// What is done with rows before they are scaled, under the names that POST /train takes.
    private mutating func preparation(of model: ModelDescription) {
        let preparation = model.preparation
        if let resampling = preparation.resampling {
            member("interval", resampling.interval.description)
            member("aggregate", resampling.aggregate.rawValue)
        }
        if let gaps = preparation.gaps.text { member("max_gap", gaps) }
        if let interval = preparation.interval { member("row_interval", interval.description) }
        if let differences = preparation.differences {
            member(
                "difference",
                differences.features.map { model.featureNames?[$0.index] ?? "\($0.index)" } as [String]?)
        }
    }

    /// `"unreadable":[{"version":4,"reason":"…","software":"reprise 0.3.0"}]`.
    mutating func unreadable(_ versions: [UnreadableVersion]) {
        array("unreadable", of: versions) { json, version in
            json.object { json in
                json.member("version", version.number)
                json.member("reason", version.reason)
                json.member("software", version.software)
            }
        }
    }

    /// `"aliases":{"stable":3}`.
    mutating func aliases(_ aliases: [String: Int]) {
        object("aliases") { json in
            for (alias, version) in aliases.sorted(by: { $0.key < $1.key }) { json.member(alias, version) }
        }
    }
}
