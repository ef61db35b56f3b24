import CSimdJSON

/// Builds a tree from tokens and checks the grammar of RFC 8259 and the limits on a body.
///
/// An error is created where it is found and gets its pointer while it propagates, one step at each level, so
/// that valid bodies do not pay for pointers.
struct JSONTreeBuilder {
    let parser: OpaquePointer
    let body: UnsafeBufferPointer<UInt8>
    let tensors: Set<String>

    /// Whether any of `tensors` is nested deeper than the outermost object.
    private let hasPaths: Bool
    private var depth = 0
    private var nodes = 0

    init(parser: OpaquePointer, body: UnsafeBufferPointer<UInt8>, tensors: Set<String>) {
        self.parser = parser
        self.body = body
        self.tensors = tensors
        hasPaths = tensors.contains { $0.utf8.contains(UInt8(ascii: "/")) }
    }

    /// Reads the body, which is one value.
    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(csimdjson_next(parser), path: "")
        let rest = csimdjson_next(parser)
        guard rest.kind == .end else {
            throw MalformedJSON.error(
                "\(MalformedJSON.name(rest, in: body)) at byte \(rest.offset) follows the end of the "
                    + "document; send one JSON value and nothing after it")
        }
        return value
    }

    /// Reads the value that starts with `token`.
    /// - Parameter path: the value's place in the notation of `tensors`; nil if none of them is here or
    ///   deeper.
    private mutating func value(_ token: csimdjson_token, path: String?) throws(JSONError) -> JSONValue {
        nodes += 1
        guard nodes <= JSONReader.maxNodes else {
            throw JSONError(
                .invalid,
                "the body has more than the maximum of \(JSONReader.maxNodes) values outside of tensors")
        }
        if let path, tensors.contains(path), !path.isEmpty, token.kind != .null {
            return .tensor(try tensor(token, path: path))
        }
        switch token.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .integer: return .integer(token.integer)
        case .number: return .number(token.number)
        case .string: return .string(try string(token))
        case .openArray:
            try descend()
            defer { depth -= 1 }
            return .array(try elements(path: path))
        case .openObject:
            try descend()
            defer { depth -= 1 }
            return .object(try members(path: path))
        default:
            throw MalformedJSON.error(token, expected: "a value", in: body)
        }
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        guard depth <= JSONReader.maxDepth else {
            throw JSONError(
                .invalid, "arrays and objects are nested more than \(JSONReader.maxDepth) deep")
        }
    }

    private mutating func elements(path: String?) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        let path = hasPaths ? path.map { $0.isEmpty ? "*" : $0 + "/*" } : nil
        var token = csimdjson_next(parser)
        if token.kind == .closeArray { return elements }
        while true {
            do {
                elements.append(try value(token, path: path))
            } catch {
                throw error.inside(element: elements.count)
            }
            let separator = csimdjson_next(parser)
            if separator.kind == .closeArray { return elements }
            guard separator.kind == .comma else {
                throw MalformedJSON.error(separator, expected: "',' or ']'", in: body)
            }
            token = csimdjson_next(parser)
        }
    }

    private mutating func members(path: String?) throws(JSONError) -> JSONObject {
        var members = UniqueMembers()
        var token = csimdjson_next(parser)
        if token.kind == .closeObject { return members.object }
        while true {
            guard token.kind == .string else {
                throw MalformedJSON.error(token, expected: "the name of a member in double quotes", in: body)
            }
            let name = try string(token)
            let colon = csimdjson_next(parser)
            guard colon.kind == .colon else {
                throw MalformedJSON.error(colon, expected: "':'", in: body)
            }
            guard !members.contains(name) else {
                throw JSONError(
                    .invalid, "the member \(Quote.text(name)) occurs twice; remove one of them"
                )
                .inside(member: name)
            }
            do {
                members.append(name, try value(csimdjson_next(parser), path: inner(path, name)))
            } catch {
                throw error.inside(member: name)
            }
            let separator = csimdjson_next(parser)
            if separator.kind == .closeObject { return members.object }
            guard separator.kind == .comma else {
                throw MalformedJSON.error(separator, expected: "',' or '}'", in: body)
            }
            token = csimdjson_next(parser)
        }
    }

    private func inner(_ path: String?, _ name: String) -> String? {
        guard let path else { return nil }
        if path.isEmpty, depth == 1 { return name }
        return hasPaths ? path + "/" + name : nil
    }

    /// Converts a string token. simdjson has checked the UTF-8, but accepts the escape of half a surrogate
    /// pair.
    private func string(_ token: csimdjson_token) throws(JSONError) -> String {
        let text = UnsafeBufferPointer(start: token.text, count: token.length)
        guard token.kind == .string, let string = String(validating: text, as: UTF8.self) else {
            var bad = token
            bad.kind = .badEscape
            throw MalformedJSON.error(bad, expected: "a string", in: body)
        }
        return string
    }
}
