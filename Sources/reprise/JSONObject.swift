/// A JSON object as text, to which members are added that are JSON already: a file's numbers go to the server as
/// they were written. A member that is there twice is the server's to refuse.
struct JSONObject {
    /// An object, from its opening brace to its closing one.
    let text: [UInt8]

    init(_ text: [UInt8]) { self.text = text }

    /// The object with one more member.
    func adding(_ name: String, _ value: [UInt8]) -> [UInt8] {
        adding(members: Array("\"\(name)\":".utf8) + value)
    }

    /// The object with the members of a document; the document alone if that is no object, or the object is empty.
    func adding(document: [UInt8]) -> [UInt8] {
        let space = " \t\r\n".utf8
        guard text.count > 2, let start = document.firstIndex(where: { !space.contains($0) }),
            let end = document.lastIndex(where: { !space.contains($0) }), start < end,
            document[start] == UInt8(ascii: "{"), document[end] == UInt8(ascii: "}")
        else { return document }
        let members = document[(start + 1)..<end]
        return members.allSatisfy(space.contains) ? text : adding(members: Array(members))
    }

    private func adding(members: [UInt8]) -> [UInt8] {
        text.dropLast() + (text.count > 2 ? [UInt8(ascii: ",")] : []) + members + [UInt8(ascii: "}")]
    }
}
