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
        /// What to do when there is room again.
        var whenReady: (@Sendable () -> Void)?
        var departure = Departure()

        func hasRoom(_ room: Int) -> Bool { isOpen && waitingBytes < room }

        mutating func end(_ end: End) {
            isOpen = false
            self.end = end
            if case .aborted = end { waiting = [] }
        }
    }

    private let state = Mutex(State())
    private let sink: any ResponseSink
    private let room: Int
    private let limit: Int

    /// A buffer that has room for that many bytes, and takes up to `limit` from a writer who doesn't ask.
    init(sink: any ResponseSink, room: Int, limit: Int) {
        self.sink = sink
        self.room = room
        self.limit = limit
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    var isAborted: Bool { state.withLock { $0.end == .aborted } }

    /// Takes bytes. Says whether there is room for more.
    func write(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return state.withLock { $0.hasRoom(room) } }
        return change { state in
            guard state.waitingBytes + bytes.count <= max(limit, room) else { return state.end(.aborted) }
            state.waiting.append(bytes)
            state.waitingBytes += bytes.count
        }
    }

    func end(_ end: End) {
        // First, because the loop may close the connection as soon as it sees the end.
        _ = state.withLock { $0.departure.forget() }
        _ = change { $0.end(end) }
    }

    /// Has something done if the client goes before the writer has ended the stream: at once if it has gone.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        if state.withLock({ $0.departure.await(body) }) { body() }
    }

    /// Has something done when there is room, or when there never will be: at once if that is now.
    func whenReady(_ body: @escaping @Sendable () -> Void) {
        let isNow = state.withLock { state in
            guard state.isOpen, !state.hasRoom(room) else { return true }
            state.whenReady = body
            return false
        }
        if isNow { body() }
    }

    /// Changes an open state and has the change fetched, unless it will be anyway.
    private func change(_ body: (inout State) -> Void) -> Bool {
        let (mustSchedule, hasRoom) = state.withLock { state in
            guard state.isOpen else { return (false, false) }
            body(&state)
            return (!exchange(&state.isScheduled, with: true), state.hasRoom(room))
        }
        if mustSchedule { sink.streamIsReady(self) }
        return hasRoom
    }

    /// What was written since the last time, and what to do when it is on its way.
    struct Taken {
        let pieces: [[UInt8]]
        let end: End?
        let whenReady: (@Sendable () -> Void)?
    }

    /// Whether there is something to take.
    var isScheduled: Bool { state.withLock { $0.isScheduled } }

    /// Takes what was written. On the connection's loop only.
    func take() -> Taken {
        state.withLock { state in
            state.isScheduled = false
            state.waitingBytes = 0
            return Taken(
                pieces: exchange(&state.waiting, with: []), end: state.end,
                whenReady: exchange(&state.whenReady, with: nil))
        }
    }

    /// The connection is gone: nothing more will be fetched.
    func disconnect() {
        let (ready, calls) = state.withLock { state in
            state.isOpen = false
            state.waiting = []
            return (exchange(&state.whenReady, with: nil), state.departure.happen())
        }
        ready?()
        for call in calls { call() }
    }
}
