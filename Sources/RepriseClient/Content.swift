#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a request carries: data, and the options for them.
public struct Content: Sendable {
    /// What follows the path: empty, or a question mark and parameters.
    let query: String
    /// What the body is.
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    private init(query: String, type: String, body: [UInt8]) {
        self.query = query
        fields = [(name: "Content-Type", value: type)]
        self.body = body
    }

    /// Both in one JSON document.
    public static func json(_ document: [UInt8]) -> Content {
        Content(query: "", type: "application/json", body: document)
    }

    /// CSV, with the options in the query.
    /// - Parameter options: a JSON object.
    /// - Throws: ``ClientError`` when that is something else.
    public static func csv(_ csv: [UInt8], options: [UInt8]) throws(ClientError) -> Content {
        let members: [String: Option]
        do {
            members = try JSONDecoder().decode([String: Option].self, from: Data(options))
        } catch {
            throw ClientError(description: "the options are no JSON object: \(error)")
        }
        var query = ""
        for (name, option) in members.sorted(by: { $0.key < $1.key }) {
            query +=
                "\(query.isEmpty ? "?" : "&")\(try Handle.escaped(name))=\(try Handle.escaped(option.text))"
        }
        return Content(query: query, type: "text/csv", body: csv)
    }
}

/// An option in a query: a string as it stands, anything else as JSON.
private struct Option: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.text = text
        } else {
            text = String(decoding: try JSONEncoder().encode(JSONTree(from: decoder)), as: UTF8.self)
        }
    }
}

/// Any JSON value.
private indirect enum JSONTree: Codable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([JSONTree].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .string(let string): try container.encode(string)
        case .array(let array): try container.encode(array)
        case .object(let object): try container.encode(object)
        }
    }
}
