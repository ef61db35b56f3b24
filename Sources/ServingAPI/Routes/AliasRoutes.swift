import HTTP1
import JSON
import ModelStore

/// Aliases of versions. Clients that name an alias need no change when another version is rolled out or back.
struct AliasRoutes: RouteGroup {
    private let models: ModelLookup

    init(_ core: ServingCore) { models = core.models }

    var routes: [Route] {
        [
            Route(
                .put, "/models/{model}/aliases/{alias}", scope: .admin, mutatesModels: true, accepts: .json,
                .onQueue { (call) throws(Problem) in
                    let (name, alias) = (try call.model().name, try call.alias())
                    var body = try FieldReader(json: call)
                    let version = try body.read { (body) throws(JSONError) in
                        let version = try body.requiredInt("version", in: 1...Int.max)
                        try body.rejectUnknown()
                        return version
                    }
                    var failure: Problem?
                    let isSet = try models.onDisk { (registry) throws(FileError) in
                        try registry.setAlias(alias, of: name, to: version) { isPresent in
                            failure = call.preconditions.failure(of: isPresent ? .present(nil) : .missing)
                            return failure == nil
                        }
                    }
                    if let failure { throw failure }
                    guard isSet else { throw .unknownModel(name, .number(version)) }
                    return .json { json in
                        json.member("model", name)
                        json.member("alias", alias)
                        json.member("version", version)
                    }
                }),
            Route(
                .delete, "/models/{model}/aliases/{alias}", scope: .admin, mutatesModels: true, query: [],
                .onQueue { (call) throws(Problem) in
                    let (model, alias) = (try call.model(), try call.alias())
                    let name = model.name
                    try call.checkPreconditions { () throws(Problem) in
                        guard try models.versions(model).aliases[alias] != nil else {
                            throw .unknownModel(name, .alias(alias))
                        }
                    }
                    let isRemoved = try models.onDisk { (registry) throws(FileError) in
                        try registry.removeAlias(alias, of: name)
                    }
                    guard isRemoved else { throw .unknownModel(name, .alias(alias)) }
                    return Response(status: .noContent)
                }),
        ]
    }
}

extension Call {
    /// The alias that the path names.
    fileprivate func alias() throws(Problem) -> String {
        let alias = parameters["alias"] ?? ""
        guard VersionReference.isAlias(alias) else {
            throw .badRequest(
                "\(Quote.text(alias)) is not a valid alias: it must be a letter followed by up to 127 "
                    + "letters, digits, dots, underscores or hyphens, and not latest")
        }
        return alias
    }
}
