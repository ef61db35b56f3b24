/// The origin of the web page that sends a request: the value of Origin (RFC 6454, 7).
struct Origin {
    let host: String
    let port: UInt16
    /// The port of the scheme: 80 for http, 443 for https.
    let standardPort: UInt16

    /// Returns nil for `null`, and for schemes that a server of HTTP cannot have.
    init?(_ text: String) {
        let scheme: String
        if text.hasPrefix("http://") {
            (scheme, standardPort) = ("http://", 80)
        } else if text.hasPrefix("https://") {
            (scheme, standardPort) = ("https://", 443)
        } else {
            return nil
        }
        guard let authority = Authority(text.dropFirst(scheme.count)) else { return nil }
        host = authority.host
        port = authority.port ?? standardPort
    }

    /// Whether the page is from the host and port of a request. The scheme does not matter, because a proxy
    /// may terminate TLS; a request without a port has the port of the page's scheme.
    func isOrigin(of authority: Authority) -> Bool {
        host == authority.host && port == authority.port ?? standardPort
    }
}
