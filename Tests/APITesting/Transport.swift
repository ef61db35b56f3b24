/// A way to send requests to the service.
package protocol Transport: Sendable {
    /// Sends a request and waits for the response, whatever its status.
    func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)], body: [UInt8]?
    ) throws -> APIResponse
}

/// The transports that a test can use.
package enum TransportKind: CaseIterable, Sendable {
    /// Calls the service directly.
    case inProcess
    /// Sends requests over a socket with libcurl.
    case live
}

/// A failure of the test harness, not of the server.
package struct HarnessError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
