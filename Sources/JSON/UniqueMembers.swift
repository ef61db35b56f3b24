/// Collects members of an object and knows which names it has.
struct UniqueMembers {
    private var members: [JSONObject.Member] = []

    /// The names, once there are so many that comparing with each would take long.
    private var names: Set<String> = []
    private static let fewMembers = 12

    var object: JSONObject { JSONObject(uniqueMembers: members) }

    func contains(_ name: String) -> Bool {
        names.isEmpty ? members.contains { $0.name == name } : names.contains(name)
    }

    /// Appends a member whose name is not among them yet.
    mutating func append(_ name: String, _ value: JSONValue) {
        members.append((name, value))
        if !names.isEmpty {
            names.insert(name)
        } else if members.count > Self.fewMembers {
            names = Set(members.map(\.name))
        }
    }
}
