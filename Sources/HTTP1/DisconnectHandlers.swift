/// The callbacks that run if the client disconnects before the response to its request is sent, or before its
/// stream has ended.
struct DisconnectHandlers {
    typealias Callback = @Sendable () -> Void

    private enum State {
        case pending([Callback])
        case disconnected
        /// The response or the stream is complete, so that a disconnect no longer matters.
        case cancelled
    }

    private var state = State.pending([])

    /// Adds a callback. Returns whether the client has already disconnected: then the caller has to run the
    /// callback.
    mutating func add(_ callback: @escaping Callback) -> Bool {
        switch state {
        case .pending(let callbacks):
            state = .pending(callbacks + [callback])
            return false
        case .disconnected: return true
        case .cancelled: return false
        }
    }

    /// Records that the client has disconnected. Returns the callbacks for the caller to run.
    mutating func disconnect() -> [Callback] { end(.disconnected) }

    /// Cancels the callbacks. Returns them, so that the caller can release them when it holds no lock.
    mutating func cancel() -> [Callback] { end(.cancelled) }

    private mutating func end(_ end: State) -> [Callback] {
        guard case .pending(let callbacks) = state else { return [] }
        state = end
        return callbacks
    }
}
