import APITesting

/// A member of a request's body as the document has it, and a request to try its values in.
///
/// All those requests have an unknown member besides, the name of which is looked at last: a value that is accepted
/// makes the server complain about that one, before anything is computed.
struct Member: CustomStringConvertible {
    let operation: String
    /// Where it is in the body.
    let path: [String]
    let schema: Schema
    /// A body that is right but for this member.
    let body: JSON

    var pointer: String { path.map { "/\($0)" }.joined() }
    var description: String { "\(operation) \(pointer)" }

    /// The unknown member.
    static let unknown = "zzzzzzzz"

    /// The pointer of the problem that a value makes; nil when it makes none.
    func pointer(of api: API, with value: JSON) throws -> String? {
        let body = body.setting(path[...], to: value).with([Self.unknown: 1])
        return try api.post(String(operation.drop { $0 != "/" }), body).json["pointer"]?.string
    }
}

extension Member {
    /// Bodies for each operation: whatever member is set in them, nothing that is read before it is wrong. There are
    /// rows enough for the largest validation_split to leave some to train on.
    private static let bodies: [String: JSON] = [
        "POST /train": [
            "model": "m", "series": Small.series(rows: 128), "timesteps": 2, "validation_split": 0.5,
        ],
        "POST /reconstruct": ["model": "toy", "series": Small.series],
        "POST /encode": ["model": "toy", "series": Small.series],
        "POST /layers": ["model": "toy", "series": Small.series],
        "POST /score": ["model": "toy", "series": Small.series],
        "POST /evaluate": ["model": "toy", "series": Small.series, "labels": [[1, 2]]],
        "POST /compare": [
            "model": "m", "series": Small.series(rows: 256), "timesteps": 2, "validation_split": 0.5,
        ],
        "POST /summary": ["timesteps": 2, "features": 2],
    ]

    /// A valid layer of each type, to set options in.
    private static let layers: [String: JSON] = [
        "LSTM": ["type": "LSTM", "units": 2],
        "Bidirectional": ["type": "Bidirectional", "layer": ["type": "LSTM", "units": 2]],
        "RepeatVector": ["type": "RepeatVector", "n": 2],
        "TimeDistributed": ["type": "TimeDistributed", "layer": ["type": "Dense", "units": 2]],
        "Dense": ["type": "Dense", "units": 2], "Dropout": ["type": "Dropout", "rate": 0.1],
    ]

    /// Every member of every request, at any depth.
    static func all(in description: APIDescription) throws -> [Member] {
        try description.operations.flatMap { operation -> [Member] in
            guard let schema = operation.body, let body = bodies[operation.name] else { return [] }
            let root = Member(operation: operation.name, path: [], schema: schema, body: body)
            return try root.members()
        }
    }

    /// The objects of every request: the body, and those inside it.
    static func objects(in description: APIDescription) throws -> [Member] {
        let members = try all(in: description)
        let roots = description.operations.compactMap { operation in
            bodies[operation.name].flatMap { body in
                operation.body.map { Member(operation: operation.name, path: [], schema: $0, body: body) }
            }
        }
        return try roots + members.filter { try $0.schema.keyword("properties") != nil }
    }

    private func members() throws -> [Member] {
        try schema.resolved.properties.sorted { $0.key < $1.key }.flatMap { name, property -> [Member] in
            // One way to bring data and one way to tell the layers is enough.
            let body = ["windows", "recordings"].contains(name) ? body.with(["series": nil]) : body
            let member = Member(operation: operation, path: path + [name], schema: property, body: body)
            if let items = try property.keyword("items"), name == "layers" {
                return try [member] + member.layerMembers(Schema(items, in: schema.document))
            }
            let nested = try property.keyword("properties") == nil ? [] : member.members()
            return [member] + nested
        }
    }

    /// Each type of layer as the first of `layers`, with its members.
    private func layerMembers(_ schema: Schema) throws -> [Member] {
        try (schema.keyword("oneOf")?.array ?? []).flatMap { choice -> [Member] in
            let choice = try Schema(choice, in: schema.document).resolved
            guard let type = choice.properties["type"]?["const"]?.string, let layer = Self.layers[type] else {
                throw HarnessError("there is no valid layer for \(choice.name)")
            }
            let path = path + ["0"]
            let member = Member(
                operation: operation, path: path, schema: choice, body: body.with(["layers": [layer]]))
            return try [member] + member.members()
        }
    }
}
