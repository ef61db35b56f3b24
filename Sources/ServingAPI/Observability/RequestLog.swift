import Telemetry

/// Where a line for each request goes.
public struct RequestLog: Sendable {
    let writer: LogWriter
    /// Whether health checks and scrapes get a line as well.
    let isVerbose: Bool

    /// - Parameters:
    ///   - writer: of the lines.
    ///   - isVerbose: whether health checks and scrapes get a line as well, at the level debug.
    package init(_ writer: LogWriter, isVerbose: Bool) {
        self.writer = writer
        self.isVerbose = isVerbose
    }
}
