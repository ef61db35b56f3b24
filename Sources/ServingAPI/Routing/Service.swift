import HTTP1
import JSON
import Logging
import ModelStore
import Telemetry
import Training

/// Reprise over HTTP: assembles the routes, and makes a ``RequestContext`` for each request.
public final class Service: Handler {
    /// Makes a group of routes.
    package typealias MakeRoutes = (ServingCore) -> any RouteGroup

    /// The trainings of this server.
    public let jobs: TrainingJobs
    let router: Router
    let executor: Executor
    let keys: APIKeys?
    let requestMetrics: RequestMetrics
    let requestLog: RequestLog?
    let problemFormats: [ProblemFormat]
    private let metrics = ServiceMetrics()
    private let readiness = Readiness()
    private let batch = PredictionBatch()
    private let routes: [Route]

    /// A service over a registry.
    /// - Parameters:
    ///   - keys: nil lets every client do everything.
    ///   - protocols: groups of routes beside this server's own API.
    ///   - computeWidth: the number of queued requests that are worked on at the same time.
    ///   - requestLog: where a line for each request goes; nil for nowhere.
    package init(
        registry: ModelRegistry, limits: RuntimeLimits = .init(), keys: APIKeys? = nil,
        protocols: [MakeRoutes] = [], computeWidth: Int = 2, logger: Logger = Logger(label: "reprise"),
        requestLog: RequestLog? = nil
    ) {
        let jobs = TrainingJobs(registry: registry, limits: limits)
        let models = ModelLookup(registry: registry, logger: logger)
        let queue = WorkQueue(
            label: "reprise.prediction", width: computeWidth, maxWaiting: limits.waitingPredictions,
            maxWaitingBytes: limits.waitingBytes)
        let core = ServingCore(
            models: models, trainings: Trainings(jobs: jobs, readiness: readiness, logger: logger),
            limits: limits, inferences: metrics.inferences, readiness: readiness, queue: queue,
            metrics: metrics, requestLog: requestLog, logger: logger)
        let groups = Self.ownRoutes(core) + protocols.map { $0(core) }
        routes = groups.flatMap(\.routes)
        router = Router(routes, isReadOnly: registry.isReadOnly)
        requestMetrics = RequestMetrics(paths: router.paths)
        metrics.include(requestMetrics)
        executor = Executor(queue: queue, batch: batch, models: models, maxBody: limits.body)
        problemFormats = groups.compactMap(\.problemFormat)
        self.jobs = jobs
        self.keys = keys
        self.requestLog = requestLog
    }

    private static func ownRoutes(_ core: ServingCore) -> [any RouteGroup] {
        [
            TrainRoutes(core), JobRoutes(core), PredictionRoutes(core), LayerRoutes(core), ScoreRoutes(core),
            CompareRoutes(core), SummaryRoutes(core), ModelRoutes(core), AliasRoutes(core),
            ModelFileRoutes(core), OperationRoutes(core), ConsoleRoutes(),
        ]
    }

    /// Every method and path that is served, for the test of openapi.yaml.
    package var servedPaths: [(method: String, path: String)] {
        routes.map { ($0.method.rawValue, $0.path) }
    }

    /// Whether `/readyz` responds 200. A server that is about to stop is not ready, but still serves.
    public var isReady: Bool {
        get { readiness.isReady }
        set { readiness.isReady = newValue }
    }

    /// Includes the connections of a server in `/metrics`.
    public func include(_ server: Server) { metrics.include(server) }

    // MARK: Handler

    public func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler {
        RequestContext(head, from: peer, self)
    }

    /// Runs the small predictions that have arrived in this turn of the loop.
    public func turnEnded() { batch.run() }

    /// What the HTTP layer refuses by itself, in the same form as the service's own problems.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        Problem.transport(status, detail).response
    }
}

extension Response {
    /// A response with a JSON object.
    /// - Parameter capacity: the expected length, in bytes.
    package static func json(
        _ status: Status = .ok, fields: [(name: String, value: String)] = [], reserving capacity: Int = 256,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reservingCapacity: capacity)
        json.object { write(&$0) }
        return .json(status, fields: fields, written: json)
    }

    /// A response with the JSON that has been written.
    package static func json(
        _ status: Status = .ok, fields: [(name: String, value: String)] = [], written json: JSONWriter
    ) -> Response {
        Response(
            status: status, fields: [(name: "Content-Type", value: MediaType.json.rawValue)] + fields,
            body: .bytes(json.bytes))
    }
}
