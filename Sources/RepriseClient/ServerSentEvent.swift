/// One event of a `text/event-stream` (HTML Living Standard, 9.2).
public struct ServerSentEvent: Sendable, Equatable {
    /// The event's type; `message` if the stream has none.
    public var name = "message"
    /// The last event ID of the stream so far.
    public var id: String?
    /// The data lines, joined by line feeds.
    public var data: [UInt8] = []

    /// Parses a stream incrementally: the bytes may be split at any place.
    struct Parser {
        private var line: [UInt8] = []
        private var event = ServerSentEvent()
        private var hasData = false

        /// Returns the events that end in these bytes.
        mutating func events(in bytes: UnsafeRawBufferPointer) -> [ServerSentEvent] {
            var events: [ServerSentEvent] = []
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if let event = processLine() { events.append(event) }
                line.removeAll(keepingCapacity: true)
            }
            return events
        }

        /// Adds a line to the current event, or returns the event if the line is empty. An event without data
        /// is dropped.
        private mutating func processLine() -> ServerSentEvent? {
            guard line.isEmpty else {
                addField()
                return nil
            }
            defer {
                event = ServerSentEvent(id: event.id)
                hasData = false
            }
            return hasData ? event : nil
        }

        private mutating func addField() {
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            let rest = line[colon...].dropFirst()
            let value = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "event": event.name = String(decoding: value, as: UTF8.self)
            case "id": event.id = String(decoding: value, as: UTF8.self)
            case "data":
                event.data += (hasData ? [UInt8(ascii: "\n")] : []) + value
                hasData = true
            // A comment line begins with a colon, so its name is empty. Other fields are ignored.
            default: break
            }
        }
    }
}
