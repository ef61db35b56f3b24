import Logging
import Synchronization

/// Keeps the lines of a logger: the message, and the metadata as `name=value` in the order of their names.
package final class LogRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    package init() {}

    package var lines: [String] { recorded.withLock { $0 } }

    /// Returns the lines since the last call.
    package func take() -> [String] { recorded.withLock { exchange(&$0, with: []) } }

    /// The lines that have a text in them.
    package func lines(with text: String) -> [String] { lines.filter { $0.contains(text) } }

    package var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            recorder.recorded.withLock { $0.append("\(event.level) \(event.message)\(metadata.joined())") }
        }
    }
}
