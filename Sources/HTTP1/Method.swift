/// A request method (RFC 9110, 9.1). Methods are case-sensitive: `get` is not `GET`.
public struct Method: Hashable, Sendable, CustomStringConvertible {
    /// The method as it stands in the request line.
    public let rawValue: String

    /// A method by its name.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// The method as it stands in the request line.
    public var description: String { rawValue }

    /// Asks for a representation (RFC 9110, 9.3.1).
    public static let get = Method("GET")
    /// GET without the content (RFC 9110, 9.3.2).
    public static let head = Method("HEAD")
    /// Has the resource process the content (RFC 9110, 9.3.3).
    public static let post = Method("POST")
    /// Replaces the resource by the content (RFC 9110, 9.3.4).
    public static let put = Method("PUT")
    /// Removes the resource (RFC 9110, 9.3.5).
    public static let delete = Method("DELETE")
    /// Asks what can be done (RFC 9110, 9.3.7).
    public static let options = Method("OPTIONS")
    /// Changes the resource in part (RFC 5789).
    public static let patch = Method("PATCH")

    /// The method that these bytes name; `nil` for any that this server does not implement, CONNECT and
    /// TRACE among them.
    init?(implemented bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 3 where bytes.equals("GET"): self = .get
        case 3 where bytes.equals("PUT"): self = .put
        case 4 where bytes.equals("POST"): self = .post
        case 4 where bytes.equals("HEAD"): self = .head
        case 5 where bytes.equals("PATCH"): self = .patch
        case 6 where bytes.equals("DELETE"): self = .delete
        case 7 where bytes.equals("OPTIONS"): self = .options
        default: return nil
        }
    }
}
