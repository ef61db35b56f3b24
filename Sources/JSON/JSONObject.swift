/// The members of a JSON object in their original order. No name occurs twice.
package struct JSONObject: Sendable {
    package typealias Member = (name: String, value: JSONValue)

    package private(set) var members: [Member]

    /// Creates an object. The names must be different; this is not checked.
    package init(uniqueMembers members: [Member] = []) {
        self.members = members
    }

    /// The value of the member with a name; nil if there is none. O(n), because requests have about a dozen
    /// members.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }
}
