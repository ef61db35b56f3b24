/// The members of a JSON object in the order they were written. No name occurs twice.
package struct JSONObject: Sendable {
    package typealias Member = (name: String, value: JSONValue)

    package private(set) var members: [Member]

    /// Takes members whose names are known to differ.
    package init(uniqueMembers members: [Member] = []) {
        self.members = members
    }

    /// The value under a name, or nil. Linear: requests have a dozen members.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }
}
