import APITesting
import Yams

/// openapi.yaml as the server sends it.
struct APIDescription {
    let document: JSON
    let operations: [Operation]

    /// A method of a path, and its documented responses.
    struct Operation {
        /// Method and path, such as `GET /models/{model}`.
        let name: String
        /// The schema of the JSON body; nil for operations without one.
        let body: Schema?
        let responses: [Int: Response]
    }

    /// One documented response.
    struct Response {
        /// The schemas by media type; empty for a response without content.
        let content: [String: Schema]
        /// The schemas of required header fields, by their names in lower case.
        let requiredHeaders: [String: Schema]
    }

    init(_ api: API) throws { try self.init(yaml: api.get("/openapi.yaml").text) }

    init(yaml: String) throws {
        guard let document = JSON(yaml: try Yams.load(yaml: yaml)) else {
            throw HarnessError("openapi.yaml holds a value that JSON does not have, such as a date")
        }
        self.document = document
        var operations: [Operation] = []
        for (path, item) in document["paths"]?.object ?? [:] {
            for (method, operation) in item.object ?? [:] where method != "parameters" {
                let responses = try (operation["responses"]?.object ?? [:]).map { status, response in
                    (Int(status) ?? 0, try Response(document.resolved(response), in: document))
                }
                let body = try operation["requestBody"].map { try document.resolved($0) }
                operations.append(
                    Operation(
                        name: "\(method.uppercased()) \(path)",
                        body: body?["content"]?["application/json"]?["schema"].map {
                            Schema($0, in: document)
                        },
                        responses: Dictionary(uniqueKeysWithValues: responses)))
            }
        }
        self.operations = operations.sorted { $0.name < $1.name }
    }

    /// The schema of that name in `components`.
    func schema(_ name: String) -> Schema { Schema(["$ref": "#/components/schemas/\(name)"], in: document) }
}

extension APIDescription.Response {
    fileprivate init(_ response: JSON, in document: JSON) throws {
        content = (response["content"]?.object ?? [:]).compactMapValues { content in
            content["schema"].map { Schema($0, in: document) }
        }
        var required: [String: Schema] = [:]
        for (name, header) in response["headers"]?.object ?? [:] {
            let header = try document.resolved(header)
            guard header["required"] == true, let schema = header["schema"] else { continue }
            required[name.lowercased()] = Schema(schema, in: document)
        }
        requiredHeaders = required
    }
}

extension JSON {
    /// Converts what Yams returns; nil for values that JSON does not have, such as dates.
    init?(yaml: Any?) {
        switch yaml {
        case nil: self = .null
        case is Void: self = .null
        case let value as Bool: self = .bool(value)
        case let value as Int: self = .integer(value)
        case let value as Double: self = .number(value)
        case let value as String: self = .string(value)
        case let values as [Any]:
            let elements = values.compactMap { JSON(yaml: $0) }
            guard elements.count == values.count else { return nil }
            self = .array(elements)
        case let values as [AnyHashable: Any]:
            var members: [String: JSON] = [:]
            for (key, value) in values {
                // Every key of openapi.yaml is a string: statuses are quoted.
                guard let name = key.base as? String, let value = JSON(yaml: value) else { return nil }
                members[name] = value
            }
            self = .object(members)
        default: return nil
        }
    }

    /// The target of a reference object; every other value unchanged.
    func resolved(_ value: JSON) throws -> JSON {
        guard let reference = value["$ref"]?.string else { return value }
        return try resolved(self.reference(reference))
    }

    /// The value at `#/a/b` in this document.
    func reference(_ text: String) throws -> JSON {
        var value = self
        for part in text.split(separator: "/").dropFirst() {
            guard let next = value[String(part)] else { throw HarnessError("\(text) points to nothing") }
            value = next
        }
        return value
    }
}
