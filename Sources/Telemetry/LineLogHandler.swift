import Logging

/// What swift-log logs, as lines of the log.
package struct LineLogHandler: LogHandler {
    /// What every line of this logger has.
    package var metadata: Logger.Metadata = [:]
    /// What is less is left out.
    package var logLevel: Logger.Level
    private let writer: LogWriter

    /// A handler whose lines go to a writer.
    package init(_ writer: LogWriter, level: Logger.Level) {
        self.writer = writer
        logLevel = level
    }

    /// One field of every line.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    package func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        writer.log(event.level.rawValue, "\(event.message)", isUrgent: true) { line in
            for (name, value) in all.sorted(by: { $0.key < $1.key }) { line.field(named: name, "\(value)") }
            line.field("error", ifAny: event.error.map { "\($0)" })
        }
    }
}
