/// How a request gets to the service and its answer back.
package protocol Transport: Sendable {
    /// Sends a request and waits for the answer, whatever its status.
    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> Answer
}

/// An answer as it came.
package struct Answer: Sendable {
    package let status: Int
    /// Names in lower case.
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, fields: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The only value of a field, by its name in lower case. Two are a mistake: none of ours may come twice.
    package subscript(name: String) -> String? {
        let values = fields.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    /// The Content-Type without parameters.
    package var mediaType: String? { self["content-type"].map { String($0.prefix { $0 != ";" }) } }
    package var text: String { String(decoding: body, as: UTF8.self) }
    package var json: JSON { get throws { try JSON(body) } }
}

/// What went wrong in the harness itself.
package struct HarnessError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
