/// A request method (RFC 9110, 9.1). Methods are case-sensitive: `get` is not `GET`.
public struct Method: Hashable, Sendable, CustomStringConvertible {
    /// The method as in the request line.
    public let rawValue: String

    /// Creates a method from its name, such as `GET`. The name is not checked.
    public init(_ rawValue: String) { self.rawValue = rawValue }

    /// The method as in the request line.
    public var description: String { rawValue }

    /// Transfers a representation of the resource (RFC 9110, 9.3.1).
    public static let get = Method("GET")
    /// Like GET, without the content of the response (RFC 9110, 9.3.2).
    public static let head = Method("HEAD")
    /// Has the resource process the content of the request (RFC 9110, 9.3.3).
    public static let post = Method("POST")
    /// Replaces the resource with the content of the request (RFC 9110, 9.3.4).
    public static let put = Method("PUT")
    /// Removes the resource (RFC 9110, 9.3.5).
    public static let delete = Method("DELETE")
    /// Returns the communication options of the resource (RFC 9110, 9.3.7).
    public static let options = Method("OPTIONS")
    /// Modifies the resource partially (RFC 5789).
    public static let patch = Method("PATCH")

    /// Whether a request with the method asks for nothing to be changed (RFC 9110, 9.2.1).
    public var isSafe: Bool { self == .get || self == .head || self == .options }

    /// The method with this name; `nil` for a method that this server does not implement, such as CONNECT and
    /// TRACE.
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
