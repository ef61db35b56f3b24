/// A name of a server: `reprise.example`, or `*.example.org` for all names below example.org. A port, as in
/// `reprise.example:8443`, is that of a proxy's origin.
package struct AllowedHost: Sendable {
    /// The name, which begins with a dot if it stands for all names below it.
    private let name: String
    private let port: UInt16?

    /// Returns nil for text that is not a name.
    init?(_ text: Substring) {
        let isWildcard = text.hasPrefix("*.")
        guard let authority = Authority(isWildcard ? text.dropFirst(2) : text) else { return nil }
        let isName = authority.host.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, authority.host.first != "." else { return nil }
        name = (isWildcard ? "." : "") + authority.host
        port = authority.port
    }

    /// Parses names that are separated by commas. Returns nil if one of them is not a name.
    package static func list(_ text: String?) -> [AllowedHost]? {
        guard let text else { return [] }
        var hosts: [AllowedHost] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let host = AllowedHost(name.drop { $0 == " " }) else { return nil }
            hosts.append(host)
        }
        return hosts
    }

    /// Whether the name is that of a request. The port does not matter: a proxy may have another one, and DNS
    /// rebinding does not change it.
    func isHost(of authority: Authority) -> Bool {
        name.hasPrefix(".") ? authority.host.hasSuffix(name) : authority.host == name
    }

    /// Whether the name, with its port, is an origin. A name with a wildcard is none, so that pages of the
    /// domain's other servers cannot change the state of this one.
    func isHost(of origin: Origin) -> Bool {
        origin.host == name && origin.port == port ?? origin.standardPort
    }
}
