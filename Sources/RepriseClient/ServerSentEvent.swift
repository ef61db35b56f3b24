/// One event of a `text/event-stream` (HTML Living Standard, 9.2).
public struct ServerSentEvent: Sendable, Equatable {
    /// `message` where the stream doesn't say.
    public var name = "message"
    /// The last id that the stream has told.
    public var id: String?
    /// Its lines, with line feeds between them.
    public var data: [UInt8] = []

    /// Finds events in bytes that come in pieces.
    struct Parser {
        private var line: [UInt8] = []
        private var event = ServerSentEvent()
        private var hasData = false

        /// The events that these bytes complete.
        mutating func events(in bytes: UnsafeRawBufferPointer) -> [ServerSentEvent] {
            var events: [ServerSentEvent] = []
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if let event = endOfLine() { events.append(event) }
                line.removeAll(keepingCapacity: true)
            }
            return events
        }

        /// An empty line ends an event; one without data is none.
        private mutating func endOfLine() -> ServerSentEvent? {
            guard line.isEmpty else {
                take()
                return nil
            }
            defer {
                event = ServerSentEvent(id: event.id)
                hasData = false
            }
            return hasData ? event : nil
        }

        private mutating func take() {
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            let rest = line[colon...].dropFirst()
            let value = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "event": event.name = String(decoding: value, as: UTF8.self)
            case "id": event.id = String(decoding: value, as: UTF8.self)
            case "data":
                event.data += (hasData ? [UInt8(ascii: "\n")] : []) + value
                hasData = true
            // Comments have no name.
            default: break
            }
        }
    }
}
