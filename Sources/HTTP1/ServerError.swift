import Glibc

/// The failure to start a server: the host and port, what failed, and a hint.
public struct ServerError: Error, CustomStringConvertible, Sendable {
    /// The host as passed to `Server.start`.
    public let host: String
    /// The port as passed to `Server.start`.
    public let port: Int
    /// What failed, with a hint.
    public let reason: String

    init(host: String, port: Int, reason: String) {
        self.host = host
        self.port = port
        self.reason = reason
    }

    init(host: String, port: Int, _ failure: SystemError?) {
        let hint =
            switch failure?.code {
            case EADDRINUSE: " (another program listens on this port; stop it or choose another port)"
            case EACCES: " (ports below 1024 require a privilege; choose a higher port)"
            case EADDRNOTAVAIL: " (this machine does not have this address; try 127.0.0.1 or 0.0.0.0)"
            case EMFILE, ENFILE: " (too many open files; raise the limit with ulimit -n)"
            default: ""
            }
        self.init(
            host: host, port: port, reason: (failure?.description ?? "the host has no address") + hint)
    }

    /// One line with the host, the port and the reason.
    public var description: String { "cannot listen on \(host) port \(port): \(reason)" }
}
