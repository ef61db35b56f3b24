import APITesting

/// A JSON Schema (draft 2020-12, as in OpenAPI 3.1) and the document that its references point into.
struct Schema {
    let json: JSON
    let document: JSON
    /// The schema's name in reports of coverage: its place in the document, as far as that is known.
    let name: String

    init(_ json: JSON, in document: JSON, name: String = "") {
        self.json = json
        self.document = document
        self.name = name
    }

    subscript(keyword: String) -> JSON? { json[keyword] }

    /// The schema that `$ref` points to; nil without one.
    var target: Schema? {
        get throws {
            guard let reference = self["$ref"]?.string else { return nil }
            let name = reference.split(separator: "/").last.map(String.init) ?? reference
            return Schema(try document.reference(reference), in: document, name: name)
        }
    }

    func schema(_ json: JSON, _ part: String) -> Schema { Schema(json, in: document, name: name + part) }

    /// The schema's own properties, without those that `$ref` and `allOf` add.
    var properties: [String: Schema] {
        var result: [String: Schema] = [:]
        for (name, json) in self["properties"]?.object ?? [:] { result[name] = schema(json, ".\(name)") }
        return result
    }

    /// The schema's properties with those that `$ref` and `allOf` add.
    /// - Throws: ``HarnessError`` for a property that is described twice.
    var mergedProperties: [String: Schema] {
        get throws {
            var result = properties
            for part in try [target].compactMap({ $0 }) + parts {
                try result.merge(part.mergedProperties) { first, second in
                    throw HarnessError("\(first.name) and \(second.name) describe the same property")
                }
            }
            return result
        }
    }

    /// The schemas of `allOf`.
    private var parts: [Schema] { (self["allOf"]?.array ?? []).map { schema($0, "") } }

    /// A keyword of this schema, else of the schema that `$ref` points to, else of the first part of `allOf`
    /// that has it.
    func keyword(_ name: String) throws -> JSON? {
        if let own = self[name] { return own }
        for part in try [target].compactMap({ $0 }) + parts {
            if let argument = try part.keyword(name) { return argument }
        }
        return nil
    }

    /// The schema at the end of a chain of references.
    var resolved: Schema { get throws { try target?.resolved ?? self } }

    /// The names of all properties at any depth, including those behind `$ref` and `allOf`.
    func allPropertyNames() throws -> Set<String> {
        var names: Set<String> = []
        for (_, schema) in properties {
            names.insert(schema.name)
            names.formUnion(try schema.allPropertyNames())
        }
        for part in parts { names.formUnion(try part.allPropertyNames()) }
        if let items = self["items"] { names.formUnion(try schema(items, "[]").allPropertyNames()) }
        if let target = try target { names.formUnion(try target.allPropertyNames()) }
        return names
    }
}
