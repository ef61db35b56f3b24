import Logging

/// A swift-log handler that writes messages as lines of a ``LogWriter``.
package struct LineLogHandler: LogHandler {
    /// Metadata of every line of this logger.
    package var metadata: Logger.Metadata = [:]
    /// Minimum level of messages that are logged.
    package var logLevel: Logger.Level
    private let writer: LogWriter

    /// Creates a handler that logs to a writer.
    package init(_ writer: LogWriter, level: Logger.Level) {
        self.writer = writer
        logLevel = level
    }

    /// Accesses one value of ``metadata``.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Logs a message with the logger's and the event's metadata, sorted by name. The event's metadata takes
    /// precedence.
    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        writer.log(event.level.rawValue, "\(event.message)", isUrgent: true) { line in
            for (name, value) in all.sorted(by: { $0.key < $1.key }) { line.field(named: name, "\(value)") }
            line.field("error", ifAny: event.error.map { "\($0)" })
        }
    }
}
