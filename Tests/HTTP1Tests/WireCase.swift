/// One row of the table of wire-level cases: what a client sends, and what comes of it.
struct WireCase: Sendable, CustomStringConvertible {
    enum Fate: Sendable {
        case keeps
        case closes
    }

    let number: Int
    let bytes: [UInt8]
    let statuses: [Int]
    let fate: Fate
    /// What the last answer's content is, where that matters.
    let text: String?

    init(_ number: Int, _ bytes: [UInt8], _ statuses: [Int], _ fate: Fate, text: String? = nil) {
        self.number = number
        self.bytes = bytes
        self.statuses = statuses
        self.fate = fate
        self.text = text
    }

    init(_ number: Int, _ message: String, _ statuses: [Int], _ fate: Fate, text: String? = nil) {
        self.init(number, Array(message.utf8), statuses, fate, text: text)
    }

    /// A request line, with a Host field behind it.
    static func line(
        _ number: Int, _ line: String, _ status: Int, _ fate: Fate, text: String? = nil
    ) -> WireCase {
        WireCase(number, "\(line)\r\nHost: h\r\n\r\n", [status], fate, text: text)
    }

    /// A field, in a GET that has a Host field before it.
    static func field(
        _ number: Int, _ field: String, _ status: Int, _ fate: Fate, path: String = "/", text: String? = nil
    ) -> WireCase {
        WireCase(
            number, "GET \(path) HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n", [status], fate, text: text)
    }

    /// Fields and what follows them, in a POST to a resource that echoes.
    static func post(
        _ number: Int, _ fields: String, _ rest: String, _ status: Int, _ fate: Fate, text: String? = nil
    ) -> WireCase {
        WireCase(
            number, "POST /echo HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(rest)", [status], fate, text: text)
    }

    /// Chunks, in a POST to a resource that echoes.
    static func chunks(
        _ number: Int, _ chunks: String, _ status: Int, _ fate: Fate, text: String? = nil
    ) -> WireCase {
        post(number, "Transfer-Encoding: chunked", chunks, status, fate, text: text)
    }

    var description: String {
        "\(number): \(String(decoding: bytes.prefix(120), as: UTF8.self).debugDescription)"
    }
}
