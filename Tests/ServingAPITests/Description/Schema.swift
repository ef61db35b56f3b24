import APITesting

/// A JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) and the document that its references point into.
struct Schema {
    let json: JSON
    let document: JSON
    /// What it is called in reports of coverage: where it stands, as far as that is known.
    let name: String

    init(_ json: JSON, in document: JSON, name: String = "") {
        self.json = json
        self.document = document
        self.name = name
    }

    subscript(keyword: String) -> JSON? { json[keyword] }

    /// The schema that is referred to, if this one refers.
    var target: Schema? {
        get throws {
            guard let reference = self["$ref"]?.string else { return nil }
            let name = reference.split(separator: "/").last.map(String.init) ?? reference
            return Schema(try document.reference(reference), in: document, name: name)
        }
    }

    func schema(_ json: JSON, _ part: String) -> Schema { Schema(json, in: document, name: name + part) }

    /// Its own properties, without those of the schemas that it refers to.
    var properties: [String: Schema] {
        var result: [String: Schema] = [:]
        for (name, json) in self["properties"]?.object ?? [:] { result[name] = schema(json, ".\(name)") }
        return result
    }

    /// The keyword here or in what is referred to; beside a reference, a keyword of its own goes first.
    func keyword(_ name: String) throws -> JSON? { try self[name] ?? target?.keyword(name) }

    /// The schema with its properties, without references on the way.
    var resolved: Schema { get throws { try target?.resolved ?? self } }

    /// The names of all properties at any depth, through references.
    func allProperties() throws -> Set<String> {
        var names: Set<String> = []
        for (_, schema) in properties {
            names.insert(schema.name)
            names.formUnion(try schema.allProperties())
        }
        for part in self["allOf"]?.array ?? [] { names.formUnion(try schema(part, "").allProperties()) }
        if let items = self["items"] { names.formUnion(try schema(items, "[]").allProperties()) }
        if let target = try target { names.formUnion(try target.allProperties()) }
        return names
    }
}
