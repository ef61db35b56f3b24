import Glibc

/// A socket that listens, before a ``Server`` accepts its connections: the address is known before the
/// handler has to be made. The system queues connections until then.
public struct ListeningSocket: ~Copyable {
    /// The port; the one that the system has chosen if it was free to.
    public let port: Int
    /// Whether only this machine can reach the socket: the address is in 127.0.0.0/8 (RFC 1122, 3.2.1.3),
    /// also as an IPv4-mapped IPv6 address, or ::1 (RFC 4291, 2.5.3). A host name does not tell.
    public let isLoopback: Bool
    /// The host and port as passed to the initializer, for errors.
    let requested: (host: String, port: Int)
    /// -1 once it is released.
    private var descriptor: Int32

    /// Listens on the first address of the host that works.
    ///
    /// - Parameters:
    ///   - host: a host name or an IPv4 or IPv6 address.
    ///   - port: 0 lets the system choose a free port.
    ///
    /// Throws `ServerError` if the host or the port is not available.
    public init(host: String, port: Int) throws(ServerError) {
        let descriptor = try Listener.open(host: host, port: port)
        do throws(SystemError) {
            let address = try SystemCalls.localAddress(descriptor)
            // The port is at the same offset in sockaddr_in and sockaddr_in6.
            self.port = withUnsafeBytes(of: address) { Int($0[2]) << 8 | Int($0[3]) }
            // The text of an IPv4-mapped address is that of the IPv4 address.
            let text = Peer.text(of: address) ?? ""
            isLoopback = text.hasPrefix("127.") || text == "::1"
            requested = (host, port)
            self.descriptor = descriptor
        } catch {
            SystemCalls.close(descriptor)
            throw ServerError(host: host, port: port, error)
        }
    }

    /// Returns the descriptor, which the caller has to close.
    consuming func release() -> Int32 {
        let released = descriptor
        descriptor = -1
        return released
    }

    deinit { if descriptor >= 0 { SystemCalls.close(descriptor) } }
}
