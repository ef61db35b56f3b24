import Dispatch
import HTTP1
import ModelFiles
import ModelStore
import Synchronization
import Telemetry
import Training

/// The metrics of a service, as `/metrics` exposes them.
///
/// They do not use swift-metrics, which is a facade without counters and without a text format. Routes,
/// methods and statuses are known in advance, so no look-up by name and labels is needed.
final class ServiceMetrics: Sendable {
    /// A weak reference, because the server holds the service.
    private struct WeakServer: Sendable {
        weak var server: Server?
    }

    /// The metrics of computations by models.
    let inferences = InferenceMetrics()
    private let requests = AtomicLazyReference<RequestMetrics>()
    private let weakServer = Mutex(WeakServer())
    private let rescans = DispatchQueue(label: "reprise.rescan")
    private let isRescanning = Atomic<Bool>(false)

    /// Includes the metrics of requests. They are made after all routes, because the paths of the routes are
    /// labels.
    func include(_ requests: RequestMetrics) { _ = self.requests.storeIfNil(requests) }

    /// Includes the connections of a server.
    func include(_ server: Server) { weakServer.withLock { $0.server = server } }

    /// The current values of all metrics, in the format of a media type.
    func text(_ core: ServingCore, as type: MediaType) -> [UInt8] {
        let registry = core.models.registry
        var text = MetricsText(type == .openMetrics ? .openMetrics : .prometheus)
        requests.load()?.write(to: &text)
        if let server = weakServer.withLock({ $0.server }) { text.write(server.connections) }
        rescan(registry)
        // The metrics of deleted versions would stay forever.
        inferences.removeVersions { !registry.contains($0, version: $1) }
        inferences.write(to: &text)
        text.single(
            "reprise_work_queue_waiting", .gauge, "Requests in the prediction queue.",
            Double(core.queue.waitingCount))
        text.write(core.trainings.jobs.counts)
        text.write(registry.counts)
        if let freeBytes = registry.folder.status.freeBytes {
            text.single(
                "reprise_models_folder_free_bytes", .gauge,
                "Bytes that the server can still write to the file system of the models' folder.",
                Double(freeBytes))
        }
        text.single(
            "reprise_log_lines_lost_total", .counter,
            "Log lines that were dropped because the log was read too slowly.",
            Double(core.requestLog?.writer.droppedLines ?? 0))
        text.begin("reprise_build_info", .gauge, "Always 1; the label is the version of the software.")
        text.sample([(name: "version", value: Software.version)], 1)
        ProcessMetrics()?.write(to: &text)
        text.end()
        return text.bytes
    }

    /// Includes changes that other servers have made to the shared folder. Waits for at most one second, and
    /// not at all for an earlier rescan, because a file server that is gone may block it for ever.
    private func rescan(_ registry: ModelRegistry) {
        guard !isRescanning.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let done = DispatchSemaphore(value: 0)
        rescans.async { [self] in
            registry.rescan()
            isRescanning.store(false, ordering: .releasing)
            done.signal()
        }
        _ = done.wait(timeout: .now() + 1)
    }
}

extension MetricsText {
    fileprivate mutating func write(_ connections: ConnectionCounts) {
        single(
            "reprise_http_connections_open", .gauge, "Open connections.", Double(connections.open))
        single(
            "reprise_http_connections_accepted_total", .counter, "Accepted connections.",
            Double(connections.accepted))
        single(
            "reprise_http_connections_refused_total", .counter,
            "Connections that got a 503 or were closed because there were too many.",
            Double(connections.refused))
    }

    fileprivate mutating func write(_ trainings: TrainingCounts) {
        begin("reprise_trainings_total", .counter, "Trainings that have ended, by outcome.")
        for (outcome, count) in [
            ("succeeded", trainings.succeeded), ("failed", trainings.failed),
            ("cancelled", trainings.cancelled),
        ] { sample([(name: "outcome", value: outcome)], Double(count)) }
        begin(
            "reprise_training_duration_seconds", .histogram,
            "Time from the start of a training to its end, by outcome; without the time in the queue.")
        for (outcome, seconds) in trainings.durations { sample([(name: "outcome", value: outcome)], seconds) }
        single(
            "reprise_training_epochs_total", .counter, "Epochs of all trainings.", Double(trainings.epochs))
        single("reprise_trainings_running", .gauge, "Trainings that are running.", Double(trainings.running))
        single(
            "reprise_trainings_waiting", .gauge, "Trainings in the queue.",
            Double(trainings.waiting))
        begin(
            "reprise_training_last_loss", .gauge,
            "Loss of the last epoch of each of the 100 most recently trained models.")
        for (model, loss) in trainings.losses.sorted(by: { $0.model < $1.model }) {
            sample([(name: "model", value: model)], loss)
        }
    }

    fileprivate mutating func write(_ registry: ModelRegistry.Counts) {
        single(
            "reprise_models", .gauge, "Models in the registry, as of the last scan of the folder.",
            Double(registry.models))
        single(
            "reprise_model_versions", .gauge, "Versions of all models, as of the last scan of the folder.",
            Double(registry.versions))
        single(
            "reprise_loaded_model_versions", .gauge, "Versions whose weights are in memory.",
            Double(registry.loaded))
        single(
            "reprise_loaded_model_bytes", .gauge, "Memory of the weights of loaded versions.",
            Double(registry.loadedBytes))
    }
}
