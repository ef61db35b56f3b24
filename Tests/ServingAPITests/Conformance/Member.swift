import APITesting

/// A documented member of a request's body, and a body to test its values in.
///
/// Every request also has an unknown member. The server checks for unknown members last, before it computes
/// anything: if the value under test is valid, the problem points to the unknown member.
struct Member: CustomStringConvertible {
    let operation: String
    /// The keys and indices that lead to the member.
    let path: [String]
    let schema: Schema
    /// A body that is valid without this member.
    let body: JSON

    var pointer: String { path.map { "/\($0)" }.joined() }
    var description: String { "\(operation) \(pointer)" }

    /// The unknown member.
    static let unknown = "zzzzzzzz"

    /// The pointer of the problem that a value causes; nil if the response has none.
    func pointer(of api: API, with value: JSON) throws -> String? {
        let body = body.setting(path[...], to: value).with([Self.unknown: 1])
        return try api.post(target, body).json["pointer"]?.string
    }

    /// The path to post to.
    var target: String { String(operation.drop { $0 != "/" }).replacing("{model}", with: "toy") }
}

extension Member {
    /// A body for each operation in which any member can be set without an earlier error. It has enough rows
    /// for the largest validation_split to leave some to train on.
    private static let bodies: [String: JSON] = [
        "POST /train": [
            "model": "m", "series": Small.series(rows: 128), "timesteps": 2, "validation_split": 0.5,
        ],
        "POST /inspect": ["model": "toy", "series": Small.series],
        "POST /reconstruct": ["model": "toy", "series": Small.series],
        "POST /encode": ["model": "toy", "series": Small.series],
        "POST /layers": ["model": "toy", "series": Small.series],
        "POST /score": ["model": "toy", "series": Small.series],
        "POST /evaluate": ["model": "toy", "series": Small.series, "labels": [[1, 2]]],
        "POST /models/{model}/calibrate": ["series": Small.series],
        "POST /models/{model}/feedback": ["series": Small.series, "normal": [[1, 2]]],
        "POST /compare": [
            "model": "m", "series": Small.series(rows: 256), "timesteps": 2, "validation_split": 0.5,
        ],
        "POST /summary": ["timesteps": 2, "features": 2],
    ]

    /// A valid layer of each type.
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

    /// Every object of every request: the body and the objects in it.
    static func objects(in description: APIDescription) throws -> [Member] {
        let members = try all(in: description)
        let roots = description.operations.compactMap { operation in
            bodies[operation.name].flatMap { body in
                operation.body.map { Member(operation: operation.name, path: [], schema: $0, body: body) }
            }
        }
        return try roots + members.filter { try $0.schema.isObject }
    }

    private func members() throws -> [Member] {
        try schema.mergedProperties.sorted { $0.key < $1.key }.flatMap { name, property -> [Member] in
            // A request has one kind of data: these take the place of `series`.
            var body = ["windows", "recordings"].contains(name) ? body.with(["series": nil]) : body
            if name == "aggregate" { body = Self.resampled(body) }
            let member = Member(operation: operation, path: path + [name], schema: property, body: body)
            if let items = try property.keyword("items"), name == "layers" {
                return try [member] + member.layerMembers(Schema(items, in: schema.document))
            }
            let nested = try property.isObject ? member.members() : []
            return [member] + nested
        }
    }

    /// A body whose rows are resampled, but stay the same.
    private static func resampled(_ body: JSON) -> JSON {
        let rows = body["series"]?.array?.count ?? 0
        return body.with(["interval": 1, "timestamps": .array((0..<rows).map { .integer($0) })])
    }

    /// Each type of layer as the first element of `layers`, with its members.
    private func layerMembers(_ schema: Schema) throws -> [Member] {
        try (schema.keyword("oneOf")?.array ?? []).flatMap { choice -> [Member] in
            let choice = try Schema(choice, in: schema.document).resolved
            guard let type = try choice.mergedProperties["type"]?["const"]?.string,
                let layer = Self.layers[type]
            else {
                throw HarnessError("the test has no valid layer for \(choice.name)")
            }
            let path = path + ["0"]
            let member = Member(
                operation: operation, path: path, schema: choice, body: body.with(["layers": [layer]]))
            return try [member] + member.members()
        }
    }
}

extension Schema {
    /// Whether it describes an object, by its own properties or by those that `$ref` and `allOf` add.
    var isObject: Bool { get throws { try !mergedProperties.isEmpty } }
}
