import Telemetry

/// The log of requests.
public struct RequestLog: Sendable {
    let writer: LogWriter
    let isVerbose: Bool

    /// - Parameters:
    ///   - writer: writes the lines.
    ///   - isVerbose: whether health checks and scrapes are logged too, at the level debug.
    package init(_ writer: LogWriter, isVerbose: Bool) {
        self.writer = writer
        self.isVerbose = isVerbose
    }
}
