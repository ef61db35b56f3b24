/// A final response (RFC 9110, 3.4).
public struct Response: Sendable {
    /// The status code.
    public var status: Status

    /// The header fields. The server adds Content-Length, Transfer-Encoding, Connection and Date itself and
    /// ignores them here. A control character in a value is sent as a space, and a field whose name is not a
    /// token is not sent.
    public var fields: [(name: String, value: String)]

    /// The content. It is not sent where HTTP allows none: in response to HEAD, and with 204 and 304.
    public var body: ResponseBody

    /// Creates a response, by default without fields and content.
    public init(status: Status, fields: [(name: String, value: String)] = [], body: ResponseBody = .empty) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates a response of plain text in UTF-8.
    public static func text(_ status: Status, _ text: String) -> Response {
        Response(
            status: status,
            fields: [(name: "Content-Type", value: "text/plain; charset=utf-8")],
            body: .bytes(Array(text.utf8)))
    }
}

/// The content of a response and how it is framed.
public enum ResponseBody: Sendable {
    /// No content: Content-Length is 0.
    case empty
    /// Bytes; their number becomes the Content-Length.
    case bytes([UInt8])
    /// Content that is written in pieces. The closure is called once, on the connection's event loop, when
    /// the head has been written; it must not block. It is not called where no content is sent.
    ///
    /// If the length in bytes is known, it becomes the Content-Length: the connection is closed if the writer
    /// finishes with fewer bytes, and bytes beyond the length are not sent. Without it, the content is
    /// chunked in HTTP/1.1 and ended by closing the connection in HTTP/1.0.
    case stream(length: Int? = nil, @Sendable (BodyWriter) -> Void)
}
