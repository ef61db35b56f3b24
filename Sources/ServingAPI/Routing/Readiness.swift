import Synchronization

/// Whether the server is ready for new requests. A server that is shutting down is not ready, but still
/// serves requests.
package final class Readiness: Sendable {
    private let state = Atomic<Bool>(true)

    /// True until the server starts to drain.
    package var isReady: Bool {
        get { state.load(ordering: .acquiring) }
        set { state.store(newValue, ordering: .releasing) }
    }
}
