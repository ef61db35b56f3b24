import HTTP1
import Logging
import ModelStore
import Synchronization
import Training

/// What groups of routes are made of. Each group takes what it needs.
package struct ServingCore: Sendable {
    /// The models.
    package let models: ModelLookup
    /// The trainings.
    package let trainings: Trainings
    /// What one server takes on.
    package let limits: RuntimeLimits
    /// Counts what models compute.
    package let inferences: InferenceMetrics
    /// Whether new requests are wanted.
    package let readiness: Readiness
    /// Runs work off the loops.
    package let queue: WorkQueue
    let metrics: ServiceMetrics
    let requestLog: RequestLog?
    let logger: Logger
}

/// Whether the server is ready: not any more when it is about to stop, while it still serves.
package final class Readiness: Sendable {
    private let state = Atomic<Bool>(true)

    /// True until the server starts to drain.
    package var isReady: Bool {
        get { state.load(ordering: .acquiring) }
        set { state.store(newValue, ordering: .releasing) }
    }
}
