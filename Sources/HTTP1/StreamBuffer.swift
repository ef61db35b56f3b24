import Synchronization

/// What was written to a stream and not yet fetched by its connection's loop. The writer has one end of it, the
/// exchange the other; so the writer can go away, and be missed, while the exchange still waits for it.
package final class StreamBuffer: Sendable {
    enum End: Sendable {
        case finished
        case aborted
    }

    private struct State {
        var waiting: [[UInt8]] = []
        var waitingBytes = 0
        var isOpen = true
        var end: End?
        var isScheduled = false

        mutating func end(_ end: End) {
            isOpen = false
            self.end = end
            if case .aborted = end { waiting = [] }
        }
    }

    private let state = Mutex(State())
    private let sink: any ResponseSink
    private let limit: Int

    /// A buffer for that many bytes.
    init(sink: any ResponseSink, limit: Int) {
        self.sink = sink
        self.limit = limit
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        change { state in
            // The place for back-pressure: so far a client that is too slow is given up.
            guard state.waitingBytes + bytes.count <= limit else { return state.end(.aborted) }
            state.waiting.append(bytes)
            state.waitingBytes += bytes.count
        }
    }

    func end(_ end: End) { change { $0.end(end) } }

    /// Changes an open state and has the change fetched, unless it will be anyway.
    private func change(_ body: (inout State) -> Void) {
        let mustSchedule = state.withLock { state in
            guard state.isOpen else { return false }
            body(&state)
            return !exchange(&state.isScheduled, with: true)
        }
        if mustSchedule { sink.streamIsReady(self) }
    }

    /// Takes what was written. On the connection's loop only.
    func take() -> (pieces: [[UInt8]], end: End?) {
        state.withLock { state in
            state.isScheduled = false
            state.waitingBytes = 0
            return (exchange(&state.waiting, with: []), state.end)
        }
    }

    /// The connection is gone: nothing more will be fetched.
    func disconnect() {
        state.withLock { state in
            state.isOpen = false
            state.waiting = []
        }
    }
}
