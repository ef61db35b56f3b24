import Glibc
import HTTP1
import HTTP1Testing

/// Runs a server on a free port, and passes the port to `body`.
func withServer(
    _ handler: any Handler = SampleHandler(), limits: Limits = Limits(), loops: Int = 1,
    _ body: (Int) throws -> Void
) throws {
    let server = Server(handler: handler, limits: limits, loops: loops)
    let port = try server.start(host: "127.0.0.1", port: 0)
    defer { server.stop(grace: 1) }
    try body(port)
}

/// Waits up to five seconds for a condition. Returns whether it became true.
func until(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
