import HTTP1
import JSON
import Synchronization

/// The hosts and origins whose requests a server accepts. The policy keeps web pages in a user's browser from
/// reaching a server that the browser can reach.
package struct HostPolicy: Sendable {
    /// Accepts requests for every host.
    package static let anyHost = HostPolicy(
        listeningOn: "0.0.0.0", isLoopback: false, allowed: [], hasKeys: false)

    private let listeningHost: String
    private let allowed: [AllowedHost]
    /// Whether requests for unknown hosts are refused.
    private let checksHost: Bool
    private let lastKnown = LastKnown()

    /// - Parameters:
    ///   - host: the address or name that the server listens on.
    ///   - isLoopback: whether only its own machine can reach the server, whatever the name is.
    ///   - allowed: further names of the server. If there are any, requests for other names are refused on
    ///   every address; otherwise only on loopback without keys, where the server knows its names.
    ///   - hasKeys: whether requests need an API key.
    package init(listeningOn host: String, isLoopback: Bool, allowed: [AllowedHost], hasKeys: Bool) {
        listeningHost = host.lowercased()
        self.allowed = allowed
        checksHost = !allowed.isEmpty || (!hasKeys && isLoopback)
    }

    /// Refuses a request that a web page has sent without being one of the server's own.
    /// - Throws: 421 for an unknown host, 403 for another origin.
    func check(_ head: RequestHead) throws(Problem) {
        if checksHost { try checkHost(head) }
        if !head.method.isSafe { try checkOrigin(head) }
    }

    /// Refuses a request for an unknown host (RFC 9110, 7.4). By DNS rebinding, a page can give its own name
    /// the server's address; the browser then takes the server for the page's origin, but still sends the
    /// name.
    private func checkHost(_ head: RequestHead) throws(Problem) {
        // Browsers always send Host, while health checks in HTTP/1.0 may not.
        guard let text = head.authority, !lastKnown.matches(text) else { return }
        guard let authority = Authority(text[...]), isKnown(authority) else { throw .misdirected(text) }
        lastKnown.replace(with: text)
    }

    /// The authority of the last request that passed. Most requests name the same one, and parsing it takes a
    /// tenth of the instructions of a GET of `/healthz`.
    private final class LastKnown: Sendable {
        private let text = Mutex("")

        func matches(_ other: String) -> Bool { text.withLock { $0 == other } }
        func replace(with known: String) { text.withLock { $0 = known } }
    }

    private func isKnown(_ authority: Authority) -> Bool {
        authority.isIPAddress || authority.isLocalhost || authority.host == listeningHost
            || allowed.contains { $0.isHost(of: authority) }
    }

    /// Refuses a cross-origin request. Browsers send requests of any page, as long as they look like those of
    /// a form, and only withhold the responses. Programs that are not browsers send neither field.
    private func checkOrigin(_ head: RequestHead) throws(Problem) {
        let sites = head.fields.values(of: "Sec-Fetch-Site")
        let origins = head.fields.values(of: "Origin")
        guard sites.count <= 1, origins.count <= 1 else {
            throw .crossOrigin("Sec-Fetch-Site or Origin occurs more than once; a browser sends each once")
        }
        if let site = sites.first {
            // `none` is a request of the user, for example from the address bar (Fetch Metadata, 2.3).
            guard site == "same-origin" || site == "none" else {
                throw .crossOrigin("Sec-Fetch-Site is \(Quote.text(site)), not same-origin or none")
            }
        } else if let origin = origins.first, !isOwn(origin, head) {
            throw .crossOrigin(
                "Origin is \(Quote.text(origin)), which is not the host of the request. If a proxy in front "
                    + "of the server replaces Host, name its public host with --allowed-hosts")
        }
    }

    private func isOwn(_ origin: String, _ head: RequestHead) -> Bool {
        guard let origin = Origin(origin) else { return false }
        return allowed.contains { $0.isHost(of: origin) }
            || head.authority.flatMap { Authority($0[...]) }.map(origin.isOrigin) ?? false
    }
}
