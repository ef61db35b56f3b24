/// A response as the client received it.
package struct APIResponse: Sendable {
    package let status: Int
    /// The header fields, with names in lower case.
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The value of a header field, by its name in lower case; nil if the field is missing or occurs more
    /// than once, because the server must not repeat a field.
    package subscript(name: String) -> String? {
        let values = fields.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    /// The Content-Type without parameters.
    package var mediaType: String? { self["content-type"].map { String($0.prefix { $0 != ";" }) } }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON { get throws { try JSON(body) } }
}
