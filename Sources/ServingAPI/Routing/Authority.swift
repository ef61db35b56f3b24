import Glibc

/// A host with an optional port, as in the Host field (RFC 3986, 3.2).
struct Authority {
    /// In lower case and without the dot that may end a name; an IPv6 address is in brackets.
    let host: String
    let port: UInt16?

    /// Parses `host` or `host:port`. Returns nil without a host, or for a port that is not a number.
    init?(_ text: Substring) {
        // Every request is checked, so this uses bytes, which are several times as fast as characters.
        let bytes = text.utf8
        let address = bytes.first == UInt8(ascii: "[") ? bytes.lastIndex(of: UInt8(ascii: "]")) : nil
        let colon = bytes[(address ?? bytes.startIndex)...].firstIndex(of: UInt8(ascii: ":"))
        if let colon, bytes.index(after: colon) != bytes.endIndex {
            guard let port = UInt16(text[bytes.index(after: colon)...]) else { return nil }
            self.port = port
        } else {
            port = nil
        }
        var host = bytes[..<(colon ?? bytes.endIndex)]
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        if host.isEmpty { return nil }
        self.host = String(Substring(host)).lowercased()
    }

    /// Whether the host is an IP address. DNS does not resolve one, so it cannot be rebound.
    var isIPAddress: Bool {
        if host.utf8.first == UInt8(ascii: "[") { return host.utf8.last == UInt8(ascii: "]") }
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1
    }

    /// Whether the host is `localhost` or below it, which names loopback only (RFC 6761, 6.3).
    var isLocalhost: Bool { host == "localhost" || host.hasSuffix(".localhost") }
}
