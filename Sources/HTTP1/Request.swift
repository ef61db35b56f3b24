/// The request line and the header section of a request (RFC 9112, 2.1).
public struct RequestHead: Sendable {
    /// The method; one that this server implements.
    public let method: Method
    /// What the request is about.
    public let target: RequestTarget
    /// The minor version of HTTP/1: 0, or 1 for that and anything above.
    public let minorVersion: Int
    /// The header fields. Trailers are never among them.
    public let fields: HeaderFields
    /// Who watches the exchange that it begins: what the handler has said.
    public package(set) var observer: (any ExchangeObserver)?

    /// A head from its parts, for requests that don't come over a connection.
    public init(
        method: Method, target: RequestTarget, minorVersion: Int = 1, fields: HeaderFields = HeaderFields()
    ) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
        self.fields = fields
    }

    /// The path as it was sent, not decoded.
    public var path: String { target.path }
}

/// A whole request (RFC 9110, 3.4).
public struct Request: Sendable {
    /// The request line and the header section.
    public let head: RequestHead
    /// The content, free of its framing. Most often some bytes of capacity are left behind it, for parsers
    /// that want to read beyond the end.
    public var body: [UInt8]

    /// A request from its parts.
    public init(head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// The method.
    public var method: Method { head.method }
    /// The target.
    public var target: RequestTarget { head.target }
    /// The path as it was sent, not decoded.
    public var path: String { head.target.path }
    /// The header fields.
    public var fields: HeaderFields { head.fields }
}
