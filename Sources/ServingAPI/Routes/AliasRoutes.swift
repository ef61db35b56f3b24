import HTTP1
import JSON
import ModelStore

extension Service {
    /// Names for versions, to roll one out or back without telling every client.
    static let aliasRoutes: [Route] = [
        Route(
            .put, "/models/{model}/aliases/{alias}", scope: .admin, stores: true, lane: .compute, takes: .json
        ) {
            (service, call) throws(Problem) in
            let name = try call.modelName()
            let alias = try call.alias()
            var body = try FieldReader(call.request)
            let version = try body.read { (body) throws(JSONError) in
                let version = try body.requiredInt("version", in: 1...Int.max)
                try body.rejectUnknown()
                return version
            }
            let isSet = try service.onDisk { (registry) throws(FileError) in
                try registry.setAlias(alias, of: name, to: version)
            }
            guard isSet else { throw .unknownModel(name, .number(version)) }
            return .json { json in
                json.member("model", name)
                json.member("alias", alias)
                json.member("version", version)
            }
        },
        Route(.delete, "/models/{model}/aliases/{alias}", scope: .admin, stores: true, lane: .compute) {
            (service, call) throws(Problem) in
            let (name, alias) = (try call.modelName(), try call.alias())
            let isRemoved = try service.onDisk { (registry) throws(FileError) in
                try registry.removeAlias(alias, of: name)
            }
            guard isRemoved else { throw .unknownModel(name, .alias(alias)) }
            return Response(status: .noContent)
        },
    ]
}

extension Call {
    /// The alias of the path.
    fileprivate func alias() throws(Problem) -> String {
        let alias = parameters["alias"] ?? ""
        guard VersionReference.isAlias(alias) else {
            throw .badRequest(
                "an alias is a letter, then up to 127 letters, digits, dots, underscores or hyphens, but not latest; this is "
                    + Quote.text(alias))
        }
        return alias
    }
}
