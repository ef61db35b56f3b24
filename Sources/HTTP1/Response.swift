/// An answer (RFC 9110, 3.4).
public struct Response: Sendable {
    /// The status.
    public var status: Status

    /// The fields, but for those of the server's own: Content-Length, Transfer-Encoding, Connection and Date
    /// are left out if they stand here. A control character in a value is sent as a space, and a field whose
    /// name is no token isn't sent.
    public var fields: [(name: String, value: String)]

    /// The content. It isn't sent where HTTP allows none: to HEAD and with 204 and 304.
    public var body: ResponseBody

    /// A response from its parts.
    public init(status: Status, fields: [(name: String, value: String)] = [], body: ResponseBody = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A response of plain text.
    public static func text(_ status: Status, _ text: String) -> Response {
        Response(
            status: status,
            fields: [(name: "Content-Type", value: "text/plain; charset=utf-8")],
            body: .bytes(Array(text.utf8)))
    }
}

/// The content of a response.
public enum ResponseBody: Sendable {
    /// None: Content-Length is 0.
    case empty
    /// Bytes, whose number becomes the Content-Length.
    case bytes([UInt8])
    /// Content that comes bit by bit: in chunks to HTTP/1.1, ended by closing the connection to HTTP/1.0.
    /// The closure is called once, on the connection's loop, when the head is on its way; it must not block.
    /// It is not called where the content isn't sent.
    case stream(@Sendable (BodyWriter) -> Void)
}
