import Synchronization

/// The bytes that were written to a response stream and not yet moved to the connection's output.
/// `BodyWriter` and `Exchange` share it, so that the exchange can detect that the writer was released.
package final class StreamBuffer: Sendable {
    enum End: Sendable {
        case finished
        case aborted
    }

    private struct State {
        var pending: [[UInt8]] = []
        var pendingBytes = 0
        var isOpen = true
        var end: End?
        var isScheduled = false
        /// The callback for when there is room again.
        var onReady: (@Sendable () -> Void)?
        var disconnectHandlers = DisconnectHandlers()

        func hasRoom(_ highWaterMark: Int) -> Bool { isOpen && pendingBytes < highWaterMark }

        mutating func end(_ end: End) {
            isOpen = false
            self.end = end
            if case .aborted = end { pending = [] }
        }
    }

    private let state = Mutex(State())
    private let sink: any ResponseSink
    private let highWaterMark: Int
    private let maxBytes: Int

    /// - Parameters:
    ///   - highWaterMark: the number of pending bytes from which on the writer is asked to wait.
    ///   - maxBytes: the number of pending bytes beyond which the stream is aborted.
    init(sink: any ResponseSink, highWaterMark: Int, maxBytes: Int) {
        self.sink = sink
        self.highWaterMark = highWaterMark
        self.maxBytes = maxBytes
    }

    var isOpen: Bool { state.withLock { $0.isOpen } }

    var isAborted: Bool { state.withLock { $0.end == .aborted } }

    /// Appends bytes. Returns whether there is room for more. Aborts the stream if `maxBytes` is exceeded.
    func write(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return state.withLock { $0.hasRoom(highWaterMark) } }
        return change { state in
            guard state.pendingBytes + bytes.count <= max(maxBytes, highWaterMark) else {
                return state.end(.aborted)
            }
            state.pending.append(bytes)
            state.pendingBytes += bytes.count
        }
    }

    func end(_ end: End) {
        // Cancel first, because the event loop may close the connection as soon as it sees the end.
        _ = state.withLock { $0.disconnectHandlers.cancel() }
        _ = change { $0.end(end) }
    }

    /// Registers `body` for the closing of the connection before the writer ends the stream. Calls it
    /// immediately if the connection has closed already.
    func onClose(_ body: @escaping @Sendable () -> Void) {
        if state.withLock({ $0.disconnectHandlers.add(body) }) { body() }
    }

    /// Registers `body` for when there is room, or the stream is closed. Calls it immediately if that is so
    /// already.
    func onReady(_ body: @escaping @Sendable () -> Void) {
        let isNow = state.withLock { state in
            guard state.isOpen, !state.hasRoom(highWaterMark) else { return true }
            state.onReady = body
            return false
        }
        if isNow { body() }
    }

    /// Changes the state if it is open, and schedules the stream on the event loop unless it is scheduled
    /// already. Returns whether there is room for more.
    private func change(_ body: (inout State) -> Void) -> Bool {
        let (mustSchedule, hasRoom) = state.withLock { state in
            guard state.isOpen else { return (false, false) }
            body(&state)
            return (!exchange(&state.isScheduled, with: true), state.hasRoom(highWaterMark))
        }
        if mustSchedule { sink.streamIsReady(self) }
        return hasRoom
    }

    /// The bytes that were written since the last call of `take`, and the callback to run when they are in
    /// the output.
    struct Taken {
        let pieces: [[UInt8]]
        let end: End?
        let onReady: (@Sendable () -> Void)?
    }

    /// Whether there is something for `take` to return.
    var isScheduled: Bool { state.withLock { $0.isScheduled } }

    /// Removes and returns the pending bytes. On the connection's event loop only.
    func take() -> Taken {
        state.withLock { state in
            state.isScheduled = false
            state.pendingBytes = 0
            return Taken(
                pieces: exchange(&state.pending, with: []), end: state.end,
                onReady: exchange(&state.onReady, with: nil))
        }
    }

    /// Closes the stream because the connection has closed, and runs the callbacks.
    func disconnect() {
        let (ready, calls) = state.withLock { state in
            state.isOpen = false
            state.pending = []
            return (exchange(&state.onReady, with: nil), state.disconnectHandlers.disconnect())
        }
        ready?()
        for call in calls { call() }
    }
}
