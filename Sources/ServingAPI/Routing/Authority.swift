import Glibc

/// A host with an optional port, as in the Host field (RFC 3986, 3.2).
struct Authority {
    /// In lower case and without the dot that may end a name; an IPv6 address is in brackets.
    let host: String
    let port: UInt16?

    /// Parses `host` or `host:port`. Returns nil without a host, or for a port that is not a number.
    init?(_ text: Substring) {
        let bytes = text.utf8
        let address = bytes.first == UInt8(ascii: "[") ? bytes.lastIndex(of: UInt8(ascii: "]")) : nil
        let colon = bytes[(address ?? bytes.startIndex)...].firstIndex(of: UInt8(ascii: ":"))
        if let colon, bytes.index(after: colon) != bytes.endIndex {
            guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
            self.port = port
        } else {
            port = nil
        }
        let host = text[..<(colon ?? text.endIndex)]
        self.host = (host.hasSuffix(".") ? host.dropLast() : host).lowercased()
        if self.host.isEmpty { return nil }
    }

    /// Whether the host is an IP address. DNS does not resolve one, so it cannot be rebound.
    var isIPAddress: Bool {
        var address = in_addr()
        return host.hasPrefix("[") && host.hasSuffix("]") || inet_pton(AF_INET, host, &address) == 1
    }

    /// Whether the host is `localhost` or below it, which names loopback only (RFC 6761, 6.3).
    var isLocalhost: Bool { host == "localhost" || host.hasSuffix(".localhost") }
}
