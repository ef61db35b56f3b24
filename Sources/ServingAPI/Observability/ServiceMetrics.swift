import HTTP1
import ModelFiles
import ModelStore
import Synchronization
import Telemetry
import Training

/// What there is to tell of a service at /metrics.
///
/// Counters of our own instead of swift-metrics: that is a facade, which brings neither counters nor a text format, and what
/// is known beforehand (routes, methods, statuses) needs no look-up by name and labels here.
final class ServiceMetrics: Sendable {
    /// A server, for as long as there is one: it keeps the service, and not the other way round.
    private struct Front: Sendable {
        weak var server: Server?
    }

    let requests: RequestMetrics
    let inferences = InferenceMetrics()
    private let front = Mutex(Front())

    /// - Parameter paths: those of the routes.
    init(paths: [String]) { requests = RequestMetrics(paths: paths) }

    /// Tells of a server's connections too.
    func include(_ server: Server) { front.withLock { $0.server = server } }

    /// What is known of connections; nil without a server.
    fileprivate var connections: ConnectionCounts? { front.withLock { $0.server }?.connections }
}

extension Service {
    /// All figures of this moment, in Prometheus' text format.
    func metricsText() -> [UInt8] {
        var text = MetricsText()
        metrics.requests.write(to: &text)
        if let connections = metrics.connections { text.write(connections) }
        // What other servers have done to the folder is seen when somebody asks, and here somebody does.
        registry.rescan()
        // A series of what is gone would stay for ever otherwise.
        metrics.inferences.forget { registry.contains($0, version: $1) }
        metrics.inferences.write(to: &text)
        text.single(
            "reprise_work_queue_waiting", .gauge, "Predictions and other work that wait for their turn.",
            Double(waitingCount))
        text.write(jobs.counts)
        text.write(registry.counts)
        text.single(
            "reprise_log_lines_lost_total", .counter,
            "Lines of the log that were lost because nobody read fast enough.",
            Double(lostLogLines))
        text.begin("reprise_build_info", .gauge, "Always 1; the version of the software is a label.")
        text.sample([(name: "version", value: Software.version)], 1)
        ProcessFigures()?.write(to: &text)
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
