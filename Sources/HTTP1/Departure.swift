/// What to do if a client goes, for as long as that matters.
struct Departure {
    typealias Call = @Sendable () -> Void

    private enum State {
        case awaited([Call])
        case happened
        case forgotten
    }

    private var state = State.awaited([])

    /// Keeps what to do. Says whether that is to be done now, because the client has gone.
    mutating func await(_ call: @escaping Call) -> Bool {
        switch state {
        case .awaited(let calls):
            state = .awaited(calls + [call])
            return false
        case .happened: return true
        case .forgotten: return false
        }
    }

    /// The client has gone. Returns what to do.
    mutating func happen() -> [Call] { end(.happened) }

    /// It doesn't matter any more. Returns what isn't to be done, so that no lock is held when it is released.
    mutating func forget() -> [Call] { end(.forgotten) }

    private mutating func end(_ end: State) -> [Call] {
        guard case .awaited(let calls) = state else { return [] }
        state = end
        return calls
    }
}
