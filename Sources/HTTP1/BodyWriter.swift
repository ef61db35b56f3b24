import Synchronization

/// The way to send a body bit by bit, from any thread. Bytes go out in the order of the calls.
///
/// What the client hasn't read yet is kept up to `Limits.streamBuffer`; beyond that the connection is
/// closed. A writer that goes away unfinished closes the connection as well, so that the client sees that
/// the body is not whole.
public final class BodyWriter: Sendable {
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

    package enum End: Sendable {
        case finished
        case aborted
    }

    private let state = Mutex(State())
    private let sink: any ResponseSink
    private let limit: Int

    package init(sink: any ResponseSink, limit: Int) {
        self.sink = sink
        self.limit = limit
    }

    /// Whether anyone is still there to read: false after `finish` and `abort` and when the client has gone.
    public var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Sends bytes. Ignored when the writer is no longer open.
    public func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        change { state in
            guard state.waitingBytes + bytes.count <= limit else {
                state.end(.aborted)
                return
            }
            state.waiting.append(bytes)
            state.waitingBytes += bytes.count
        }
    }

    /// Says that the body is complete.
    public func finish() { change { $0.end(.finished) } }

    /// Closes the connection without completing the body, which tells the client that something went wrong
    /// (RFC 9112, 8).
    public func abort() { change { $0.end(.aborted) } }

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
    package func take() -> (pieces: [[UInt8]], end: End?) {
        state.withLock { state in
            state.isScheduled = false
            state.waitingBytes = 0
            return (exchange(&state.waiting, with: []), state.end)
        }
    }

    /// The connection is gone: nothing more will be fetched.
    package func disconnect() {
        state.withLock { state in
            state.isOpen = false
            state.waiting = []
        }
    }
}
