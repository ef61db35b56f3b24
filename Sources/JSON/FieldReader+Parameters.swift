/// Parameters in place of members, such as those of a query: names and texts.
///
/// The getter of a string returns the text; all other getters parse it as JSON. An array needs no brackets:
/// `units=64,32`.
extension FieldReader {
    /// Creates a reader of the members of an object and of parameters beside them.
    /// - Parameters:
    ///   - body: the JSON body; nil if the body is in another format.
    ///   - query: names and values, percent-decoded.
    /// - Throws: ``JSONError/Kind/invalid`` if the body is not an object, if a parameter occurs twice, or if
    ///   it has the name of a member.
    package init(
        _ body: JSONValue?, query: [(name: String, value: String)]
    ) throws(JSONError) {
        guard let body else {
            self.init(JSONObject(), parameters: try Self.unique(query), at: nil)
            return
        }
        let object = try FieldReader(body).object
        let parameters = try Self.unique(query)
        for parameter in parameters.members where object[parameter.name] != nil {
            throw JSONError(
                .invalid, at: nil,
                "\(Quote.text(parameter.name)) is in the query and in the body; remove one of them")
        }
        self.init(object, parameters: parameters, at: "")
    }

    private static func unique(_ query: [(name: String, value: String)]) throws(JSONError) -> JSONObject {
        var parameters = UniqueMembers()
        for item in query {
            guard !parameters.contains(item.name) else {
                throw JSONError(
                    .invalid, at: nil,
                    "the query parameter \(Quote.text(item.name)) occurs twice; remove one of them")
            }
            parameters.append(item.name, .string(item.value))
        }
        return parameters.object
    }

    /// Whether a name is that of a parameter.
    package func isParameter(_ name: String) -> Bool { parameterText(name) != nil }

    /// Returns the text of a parameter; nil if there is none. The name becomes known.
    package mutating func parameter(_ name: String) -> String? {
        learn(name)
        return parameterText(name)
    }

    func parameterText(_ name: String) -> String? {
        guard case .string(let text)? = parameters[name] else { return nil }
        return text
    }

    /// Parses a text as JSON. Returns the text itself, as a string, if it is not JSON or a JSON string.
    package static func interpreted(_ text: String) -> JSONValue {
        guard let value = try? JSONReader.parse(Array(text.utf8)) else { return .string(text) }
        if case .string = value { return .string(text) }
        return value
    }

    /// Returns a member that should be an array. The text of a parameter is a JSON array, or elements
    /// separated by commas, each of which `element` converts.
    mutating func list(_ name: String, _ element: (String) -> JSONValue) -> JSONValue? {
        guard let text = parameter(name) else { return member(name) }
        switch Self.interpreted(text) {
        case .array(let elements): return .array(elements)
        case .null: return nil
        default:
            return .array(
                text.split(separator: ",", omittingEmptySubsequences: false).map { element(String($0)) })
        }
    }
}

extension Tensor {
    /// Nested arrays of numbers in a tree; nil for any other value, and for rows of different lengths. `null`
    /// is a missing value.
    init?(_ value: JSONValue) {
        guard case .array(let elements) = value, !elements.isEmpty else { return nil }
        guard elements.contains(where: { if case .array = $0 { true } else { false } }) else {
            var (values, missing): ([Double], [Int]) = ([], [])
            for element in elements {
                switch element {
                case .integer(let integer): values.append(Double(integer))
                case .number(let number): values.append(number)
                case .null:
                    missing.append(values.count)
                    values.append(.nan)
                default: return nil
                }
            }
            self.init(shape: [values.count], values: values, missing: missing)
            return
        }
        var (shape, values, missing): ([Int]?, [Double], [Int]) = (nil, [], [])
        for element in elements {
            guard let inner = Tensor(element), shape == nil || inner.shape == shape else { return nil }
            shape = inner.shape
            missing += inner.missing.map { values.count + $0 }
            values += inner.values
        }
        self.init(shape: [elements.count] + (shape ?? []), values: values, missing: missing)
    }
}
