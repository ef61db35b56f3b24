import HTTP1
import JSON

extension Response {
    /// A response with a JSON object.
    /// - Parameters:
    ///   - capacity: the expected length, in bytes.
    ///   - write: writes the members.
    package static func json(
        _ status: Status = .ok, fields: [(name: String, value: String)] = [], reserving capacity: Int = 256,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reservingCapacity: capacity)
        json.object { write(&$0) }
        return .json(status, fields: fields, written: json)
    }

    /// A response with a complete JSON document.
    package static func json(
        _ status: Status = .ok, fields: [(name: String, value: String)] = [], written json: JSONWriter
    ) -> Response {
        Response(
            status: status, fields: [(name: "Content-Type", value: MediaType.json.rawValue)] + fields,
            body: .bytes(json.line))
    }
}

extension JSONWriter {
    /// The document with a line feed at its end, so that a terminal's prompt does not follow it in its line.
    var line: [UInt8] {
        var line = bytes
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
