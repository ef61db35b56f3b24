import HTTP1
import ModelFiles
import ModelStore
import Synchronization
import Telemetry
import Training

/// The metrics of a service, as `/metrics` exposes them.
///
/// These counters are our own instead of swift-metrics, which is a facade without counters and without a text format. Routes,
/// methods and statuses are known beforehand, so no look-up by name and labels is needed.
final class ServiceMetrics: Sendable {
    /// Weak, because the server holds the service.
    private struct Front: Sendable {
        weak var server: Server?
    }

    /// What models have computed.
    let inferences = InferenceMetrics()
    private let requests = AtomicLazyReference<RequestMetrics>()
    private let front = Mutex(Front())

    /// Includes the requests. They are counted by the paths of the routes, so they come when all routes are known.
    func include(_ requests: RequestMetrics) { _ = self.requests.storeIfNil(requests) }

    /// Includes the connections of a server.
    func include(_ server: Server) { front.withLock { $0.server = server } }

    /// All metrics at this moment, in Prometheus' text format.
    func text(_ core: ServingCore) -> [UInt8] {
        let registry = core.models.registry
        var text = MetricsText()
        requests.load()?.write(to: &text)
        if let server = front.withLock({ $0.server }) { text.write(server.connections) }
        // A registry sees what other servers have done to the folder when it is asked, as here.
        registry.rescan()
        // Without this the series of deleted versions would stay for ever.
        inferences.forget { registry.contains($0, version: $1) }
        inferences.write(to: &text)
        text.single(
            "reprise_work_queue_waiting", .gauge, "Predictions and other work that wait for their turn.",
            Double(core.queue.waitingCount))
        text.write(core.trainings.jobs.counts)
        text.write(registry.counts)
        text.single(
            "reprise_log_lines_lost_total", .counter,
            "Log lines that were lost because the reader of the log was too slow.",
            Double(core.requestLog?.writer.droppedLines ?? 0))
        text.begin("reprise_build_info", .gauge, "Always 1; the version of the software is a label.")
        text.sample([(name: "version", value: Software.version)], 1)
        ProcessMetrics()?.write(to: &text)
        return text.bytes
    }
}

extension MetricsText {
    fileprivate mutating func write(_ connections: ConnectionCounts) {
        single(
            "reprise_http_connections_open", .gauge, "Connections that there are.", Double(connections.open))
        single(
            "reprise_http_connections_accepted_total", .counter, "Connections that were accepted.",
            Double(connections.accepted))
        single(
            "reprise_http_connections_refused_total", .counter,
            "Connections that were answered 503, or closed, because there were too many.",
            Double(connections.refused))
    }

    fileprivate mutating func write(_ trainings: TrainingCounts) {
        begin("reprise_trainings_total", .counter, "Trainings that have ended, by what became of them.")
        for (outcome, count) in [
            ("succeeded", trainings.succeeded), ("failed", trainings.failed),
            ("cancelled", trainings.cancelled),
        ] { sample([(name: "outcome", value: outcome)], Double(count)) }
        single(
            "reprise_training_epochs_total", .counter, "Epochs of all trainings.", Double(trainings.epochs))
        single("reprise_trainings_running", .gauge, "Trainings that run.", Double(trainings.running))
        single(
            "reprise_trainings_waiting", .gauge, "Trainings that wait for their turn.",
            Double(trainings.waiting))
        begin(
            "reprise_training_last_loss", .gauge,
            "Loss of the last epoch that a model was trained, of the hundred models that were trained last.")
        for (model, loss) in trainings.losses.sorted(by: { $0.model < $1.model }) {
            sample([(name: "model", value: model)], loss)
        }
    }

    fileprivate mutating func write(_ registry: ModelRegistry.Counts) {
        single(
            "reprise_models", .gauge, "Models in the registry, as far as is known.", Double(registry.models))
        single(
            "reprise_model_versions", .gauge, "Versions of all models, as far as is known.",
            Double(registry.versions))
        single(
            "reprise_loaded_model_versions", .gauge, "Versions whose weights are in memory.",
            Double(registry.loaded))
        single(
            "reprise_loaded_model_bytes", .gauge, "Memory that the weights of loaded versions take.",
            Double(registry.loadedBytes))
    }
}
