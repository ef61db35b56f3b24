/// Reads query parameters in place of the members of an object.
extension FieldReader {
    /// Creates a reader of query parameters. The getter of a string returns the parameter's text; all other
    /// getters parse it as JSON. An array needs no brackets: `units=64,32`.
    /// - Parameters:
    ///   - query: names and values, percent-decoded.
    ///   - bodyMembers: names of members that the body provides; the query must not have them.
    /// - Throws: ``JSONError/Kind/invalid`` if a parameter occurs twice or is among `bodyMembers`.
    package init(
        query: [(name: String, value: String)], besides bodyMembers: Set<String> = []
    ) throws(JSONError) {
        var members = UniqueMembers()
        for item in query {
            guard !bodyMembers.contains(item.name) else {
                throw JSONError(
                    .invalid,
                    "the body provides \(Quote.text(item.name)); remove the query parameter of that name")
            }
            guard !members.contains(item.name) else {
                throw JSONError(
                    .invalid, "the query parameter \(Quote.text(item.name)) occurs twice; remove one of them")
            }
            members.append(item.name, .string(item.value))
        }
        self.init(members.object)
        self.bodyMembers = bodyMembers
        isQuery = true
    }

    /// Sets a member to a value that the body provides. It replaces a parameter of the same name.
    package mutating func set(_ name: String, _ value: JSONValue) {
        object = JSONObject(uniqueMembers: object.members.filter { $0.name != name } + [(name, value)])
    }

    /// Parses a text as JSON. Returns the text itself, as a string, if it is not JSON or a JSON string.
    package static func interpreted(_ text: String) -> JSONValue {
        guard let value = try? JSONReader.parse(Array(text.utf8)) else { return .string(text) }
        if case .string = value { return .string(text) }
        return value
    }

    /// Returns a member that should be an array. The text of a query parameter is a JSON array, or elements
    /// separated by commas, each of which `element` converts.
    mutating func list(_ name: String, _ element: (String) -> JSONValue) -> JSONValue? {
        guard isQuery, case .string(let text) = written(name) else { return value(name) }
        if case .array(let elements) = Self.interpreted(text) { return .array(elements) }
        return .array(
            text.split(separator: ",", omittingEmptySubsequences: false).map { element(String($0)) })
    }
}
