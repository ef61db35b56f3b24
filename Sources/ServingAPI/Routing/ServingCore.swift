import HTTP1
import Logging
import ModelStore
import Synchronization
import Training

/// The shared dependencies of all groups of routes. Each group stores the ones that it needs.
package struct ServingCore: Sendable {
    /// The models.
    package let models: ModelLookup
    /// The trainings.
    package let trainings: Trainings
    /// The limits on requests, trainings and models.
    package let limits: RuntimeLimits
    /// The metrics of computations by models.
    package let inferences: InferenceMetrics
    /// Whether the server is ready for new requests.
    package let readiness: Readiness
    /// The queue for work that must not run on a loop.
    package let queue: WorkQueue
    let metrics: ServiceMetrics
    let requestLog: RequestLog?
    let logger: Logger
}

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
