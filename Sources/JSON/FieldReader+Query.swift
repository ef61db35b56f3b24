/// Parameters of a query in place of the members of an object.
extension FieldReader {
    /// Reads a query whose values are texts: one is taken as it stands where a string is wanted, and as JSON where
    /// anything else is. An array may do without brackets: `units=64,32`.
    /// - Parameters:
    ///   - query: percent-decoded.
    ///   - bodyMembers: names of members that the body has, which the query can't have.
    package init(
        query: [(name: String, value: String)], besides bodyMembers: Set<String> = []
    ) throws(JSONError) {
        var members = UniqueMembers()
        for item in query {
            guard !bodyMembers.contains(item.name) else {
                throw JSONError(
                    .invalid,
                    "the query has \(Quote.text(item.name)), which is what the body has; leave it out")
            }
            guard !members.contains(item.name) else {
                throw JSONError(
                    .invalid, "the query has \(Quote.text(item.name)) twice; leave one of them out")
            }
            members.append(item.name, .string(item.value))
        }
        self.init(members.object)
        self.bodyMembers = bodyMembers
        isQuery = true
    }

    /// Puts a value that the body has in the place of a parameter, or beside them.
    package mutating func set(_ name: String, _ value: JSONValue) {
        object = JSONObject(uniqueMembers: object.members.filter { $0.name != name } + [(name, value)])
    }

    /// What a text is as JSON; itself where it is none, or a string.
    package static func interpreted(_ text: String) -> JSONValue {
        guard let value = try? JSONReader.parse(Array(text.utf8)) else { return .string(text) }
        if case .string = value { return .string(text) }
        return value
    }

    /// A member that is to be an array: a text is one in JSON, or its parts between commas, each made into a value.
    mutating func list(_ name: String, _ element: (String) -> JSONValue) -> JSONValue? {
        guard isQuery, case .string(let text) = written(name) else { return value(name) }
        if case .array(let elements) = Self.interpreted(text) { return .array(elements) }
        return .array(
            text.split(separator: ",", omittingEmptySubsequences: false).map { element(String($0)) })
    }
}
