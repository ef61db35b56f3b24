/// One row of the table-driven tests for the cases of wire-cases.md: the bytes that a client sends, and the
/// expected result.
struct WireCase: Sendable, CustomStringConvertible {
    /// Whether the server keeps the connection open after the last response.
    enum Persistence: Sendable {
        case keeps
        case closes
    }

    /// The number of the case in wire-cases.md.
    let number: Int
    let bytes: [UInt8]
    /// The status of each expected response.
    let statuses: [Int]
    let persistence: Persistence
    /// The expected content of the last response; `nil` if it is not checked.
    let text: String?

    init(_ number: Int, _ bytes: [UInt8], _ statuses: [Int], _ persistence: Persistence, text: String? = nil)
    {
        self.number = number
        self.bytes = bytes
        self.statuses = statuses
        self.persistence = persistence
        self.text = text
    }

    init(_ number: Int, _ message: String, _ statuses: [Int], _ persistence: Persistence, text: String? = nil)
    {
        self.init(number, Array(message.utf8), statuses, persistence, text: text)
    }

    /// A request line, followed by a Host field.
    static func line(
        _ number: Int, _ line: String, _ status: Int, _ persistence: Persistence, text: String? = nil
    ) -> WireCase {
        WireCase(number, "\(line)\r\nHost: h\r\n\r\n", [status], persistence, text: text)
    }

    /// A field, in a GET request after a Host field.
    static func field(
        _ number: Int, _ field: String, _ status: Int, _ persistence: Persistence, path: String = "/",
        text: String? = nil
    ) -> WireCase {
        WireCase(
            number, "GET \(path) HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n", [status], persistence, text: text)
    }

    /// Fields and the bytes after the header section, in a POST to a route that echoes its body.
    static func post(
        _ number: Int, _ fields: String, _ rest: String, _ status: Int, _ persistence: Persistence,
        text: String? = nil
    ) -> WireCase {
        WireCase(
            number, "POST /echo HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(rest)", [status], persistence,
            text: text)
    }

    /// A chunked body, in a POST to a route that echoes its body.
    static func chunks(
        _ number: Int, _ chunks: String, _ status: Int, _ persistence: Persistence, text: String? = nil
    ) -> WireCase {
        post(number, "Transfer-Encoding: chunked", chunks, status, persistence, text: text)
    }

    var description: String {
        "\(number): \(String(decoding: bytes.prefix(120), as: UTF8.self).debugDescription)"
    }
}
