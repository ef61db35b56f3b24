import Glibc

/// Why a server could not start: where it should have listened, what failed, and what may help.
public struct ServerError: Error, CustomStringConvertible, Sendable {
    /// The host as it was given.
    public let host: String
    /// The port as it was given.
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
            case EADDRINUSE: " (another program listens there; stop it or choose another port)"
            case EACCES: " (ports below 1024 need the right to bind them; choose a higher one)"
            case EADDRNOTAVAIL: " (this machine has no such address; try 127.0.0.1 or 0.0.0.0)"
            case EMFILE, ENFILE: " (too many open files; see ulimit -n)"
            default: ""
            }
        self.init(
            host: host, port: port, reason: (failure?.description ?? "the host has no address") + hint)
    }

    /// The host, the port and the reason.
    public var description: String { "can't listen on \(host) port \(port): \(reason)" }
}
