/// Collects the members of an object and finds duplicate names.
struct UniqueMembers {
    private var members: [JSONObject.Member] = []

    /// The names, once there are more than `maxLinearSearch`.
    private var names: Set<String> = []
    private static let maxLinearSearch = 12

    var object: JSONObject { JSONObject(uniqueMembers: members) }

    func contains(_ name: String) -> Bool {
        names.isEmpty ? members.contains { $0.name == name } : names.contains(name)
    }

    /// Appends a member whose name must not be present yet.
    mutating func append(_ name: String, _ value: JSONValue) {
        members.append((name, value))
        if !names.isEmpty {
            names.insert(name)
        } else if members.count > Self.maxLinearSearch {
            names = Set(members.map(\.name))
        }
    }
}
