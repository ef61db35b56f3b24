/// The request line and the header section of a request (RFC 9112, 2.1).
public struct RequestHead: Sendable {
    /// The method. Over a connection, always one that this server implements.
    public let method: Method
    /// The path and the query.
    public let target: RequestTarget
    /// The minor version of HTTP/1: 0 or 1. Higher versions are treated as 1 (RFC 9110, 2.5).
    public let minorVersion: Int
    /// The header fields, without trailers.
    public let fields: HeaderFields
    /// The authority of a target in absolute-form; `nil` for other forms.
    private let targetAuthority: String?

    /// Creates a head, for requests that do not arrive over a connection.
    /// - Parameter authority: the authority of a target in absolute-form.
    public init(
        method: Method, target: RequestTarget, authority: String? = nil, minorVersion: Int = 1,
        fields: HeaderFields = HeaderFields()
    ) {
        self.method = method
        self.target = target
        self.targetAuthority = authority
        self.minorVersion = minorVersion
        self.fields = fields
    }

    /// The host, optionally with a port, that the client has sent the request to: the authority of a target
    /// in absolute-form, otherwise the Host field (RFC 9112, 3.2.2); `nil` for an HTTP/1.0 request without
    /// either.
    public var authority: String? { targetAuthority ?? fields["Host"] }

    /// The path of the target as sent, not percent-decoded.
    public var path: String { target.path }
    /// The path of the target with percent-encoded unreserved characters decoded, to compare it with others.
    public var normalizedPath: String { target.normalizedPath }
}

/// A whole request (RFC 9110, 3.4).
public struct Request: Sendable {
    /// The request line and the header section.
    public let head: RequestHead
    /// The content, without framing. Usually its capacity exceeds its count by some bytes, for parsers that
    /// read in wide steps beyond the end.
    public var body: [UInt8]

    /// Creates a request, for use without a connection.
    public init(head: RequestHead, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }

    /// The method of the head.
    public var method: Method { head.method }
    /// The target of the head.
    public var target: RequestTarget { head.target }
    /// The path of the target as sent, not percent-decoded.
    public var path: String { head.target.path }
    /// The header fields, without trailers.
    public var fields: HeaderFields { head.fields }
}
