import Logging
import ModelStore

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
