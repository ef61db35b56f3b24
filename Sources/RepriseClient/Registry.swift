/// Calls of the registry: models, versions, aliases and files. Each throws ``ClientError``.
extension RepriseClient {
    /// Lists the models.
    public func models() throws(ClientError) -> [Model] {
        var models: [Model] = []
        try pagesOfModels { (page) throws(ClientError) in
            models += try page.decoded(as: ModelPage.self).models
        }
        return models
    }

    /// Receives the listing of the models, which has 1000 of them on a page.
    public func pagesOfModels(_ onPage: (Response) throws(ClientError) -> Void) throws(ClientError) {
        struct Page: Decodable { let next: String? }
        var query: [String: RequestValue] = ["limit": .string("1000")]
        while true {
            let response = try checked(send("GET", "/models\(RequestContent.query(query))"))
            try onPage(response)
            guard let next = try response.decoded(as: Page.self).next else { return }
            query["after"] = .string(next)
        }
    }

    /// Describes a model: its latest version, and its versions and aliases, which ``ModelVersions`` decodes.
    public func model(_ model: String) throws(ClientError) -> Response {
        try checked(send("GET", path(of: model)))
    }

    /// Describes a version of a model, which ``ModelVersion`` decodes.
    /// - Parameter version: a version's number, an alias or `latest`.
    public func version(_ version: String, of model: String) throws(ClientError) -> Response {
        try checked(send("GET", path(of: model, version: version)))
    }

    /// Points an alias to a version.
    public func setAlias(_ alias: String, of model: String, to version: Int) throws(ClientError) -> Response {
        let content = try RequestContent.json(["version": RequestValue(version)])
        return try checked(
            send("PUT", path(of: model, alias: alias), fields: content.fields, body: content.body))
    }

    /// Deletes an alias; its version stays.
    public func deleteAlias(_ alias: String, of model: String) throws(ClientError) {
        _ = try checked(send("DELETE", path(of: model, alias: alias)))
    }

    /// Deletes a model.
    /// - Parameter version: the number of the version to delete; nil deletes all versions and aliases.
    public func delete(_ model: String, version: Int? = nil) throws(ClientError) {
        _ = try checked(send("DELETE", path(of: model, version: version.map { "\($0)" })))
    }

    /// Downloads the file of a version.
    /// - Parameters:
    ///   - version: a version's number, an alias or `latest`.
    ///   - onBytes: receives the bytes of the file as they arrive, and returns whether to continue.
    /// - Throws: ``ClientError`` also if the file ends early.
    public func download(
        _ model: String, version: String, as format: ModelFileFormat,
        onBytes: (UnsafeRawBufferPointer) -> Bool
    ) throws(ClientError) {
        let target = "\(try path(of: model, version: version))/model.\(format.rawValue)"
        _ = try checked(receive(target, onBytes: onBytes))
    }

    /// Uploads a safetensors file as a new version of a model, which ``ModelVersion`` describes.
    public func upload(_ file: [UInt8], to model: String) throws(ClientError) -> Response {
        let fields = [(name: "Content-Type", value: "application/octet-stream")]
        return try checked(
            send("PUT", "\(path(of: model))/model.safetensors", fields: fields, body: file))
    }

    private func path(of model: String, version: String? = nil) throws(ClientError) -> String {
        let part = try version.map { (version) throws(ClientError) in
            "/versions/\(try CurlHandle.escaped(version))"
        }
        return "/models/\(try CurlHandle.escaped(model))\(part ?? "")"
    }

    private func path(of model: String, alias: String) throws(ClientError) -> String {
        "\(try path(of: model))/aliases/\(try CurlHandle.escaped(alias))"
    }
}

/// A format of model files, by the ending of their names.
public enum ModelFileFormat: String, Sendable {
    /// All of a version, for another server.
    case safetensors
    /// What a version computes, for programs that run ONNX files.
    case onnx
}

/// A page of `GET /models`.
public struct ModelPage: Decodable, Sendable {
    /// The models, in the order of their names.
    public let models: [Model]
}

/// A model, as `GET /models` lists it.
@dynamicMemberLookup
public struct Model: Decodable, Sendable {
    /// The latest version.
    public let latest: ModelVersion
    /// The version that each alias points to.
    public let aliases: [String: Int]

    private enum Key: CodingKey { case aliases }

    /// Decodes an object that holds the members of the version beside `aliases`.
    public init(from decoder: any Decoder) throws {
        latest = try ModelVersion(from: decoder)
        aliases = try decoder.container(keyedBy: Key.self).decode([String: Int].self, forKey: .aliases)
    }

    /// A property of the latest version.
    public subscript<Value>(dynamicMember member: KeyPath<ModelVersion, Value>) -> Value {
        latest[keyPath: member]
    }
}

/// The versions of a model, as `GET /models/{model}` lists them.
public struct ModelVersions: Decodable, Sendable {
    /// The numbers of all versions that the server understands, oldest first.
    public let versions: [Int]
    /// The version that each alias points to.
    public let aliases: [String: Int]
    /// The versions that the server does not understand.
    public let unreadable: [Unreadable]

    /// A version that a newer release has written.
    public struct Unreadable: Decodable, Sendable {
        /// The version's number, from 1.
        public let version: Int
        /// What the server does not understand.
        public let reason: String
    }
}
