import HTTP1
import Logging
import ModelStore
import Telemetry
import Training

/// The HTTP API of Reprise: assembles the routes, and makes a ``RequestContext`` for each request.
public final class Service: Handler {
    /// Makes the routes of another protocol.
    package typealias MakeRoutes = (ServingCore) -> any RouteGroup

    /// The trainings of this server.
    public let jobs: TrainingJobs
    let router: Router
    let executor: Executor
    let compressor: ResponseCompressor
    let keys: APIKeys?
    let hosts: HostPolicy
    let requestMetrics: RequestMetrics
    let requestLog: RequestLog?
    let problemFormats: [ProblemFormat]
    let logger: Logger
    private let metrics = ServiceMetrics()
    let readiness: Readiness
    private let batch = PredictionBatch()
    private let routes: [Route]

    /// A service over a registry.
    /// - Parameters:
    ///   - keys: the API keys; nil allows every client everything.
    ///   - hosts: the hosts and origins whose requests are accepted.
    ///   - protocols: groups of routes besides this server's own API.
    ///   - computeWidth: the maximum number of queued requests that run at the same time.
    ///   - requestLog: the log of requests; nil for none.
    package init(
        registry: ModelRegistry, limits: RuntimeLimits = .init(), keys: APIKeys? = nil,
        hosts: HostPolicy = .anyHost, protocols: [MakeRoutes] = [], computeWidth: Int = 2,
        logger: Logger = Logger(label: "reprise"), requestLog: RequestLog? = nil
    ) {
        readiness = Readiness(folder: registry.folder)
        let jobs = TrainingJobs(registry: registry, limits: limits)
        let models = ModelLookup(registry: registry, logger: logger)
        let queue = WorkQueue(
            label: "reprise.prediction", width: computeWidth, maxWaiting: limits.maxQueuedPredictions,
            maxWaitingBytes: limits.maxQueuedBytes, blocked: { registry.folder.blockedCount })
        let core = ServingCore(
            models: models, trainings: Trainings(jobs: jobs, readiness: readiness, logger: logger),
            limits: limits, inferences: metrics.inferences, readiness: readiness, queue: queue,
            metrics: metrics, requestLog: requestLog, logger: logger)
        let groups = Self.ownRoutes(core) + protocols.map { $0(core) }
        routes = groups.flatMap(\.routes)
        router = Router(routes, isReadOnly: registry.isReadOnly)
        requestMetrics = RequestMetrics(paths: router.paths)
        metrics.include(requestMetrics)
        executor = Executor(queue: queue, batch: batch, models: models, maxBody: limits.maxBodyBytes)
        compressor = ResponseCompressor(queue: queue)
        problemFormats = groups.compactMap(\.problemFormat)
        self.jobs = jobs
        self.keys = keys
        self.hosts = hosts
        self.requestLog = requestLog
        self.logger = logger
    }

    private static func ownRoutes(_ core: ServingCore) -> [any RouteGroup] {
        [
            TrainRoutes(core), JobRoutes(core), PredictionRoutes(core),
            LayerRoutes(core), ScoreRoutes(core),
            CompareRoutes(core), InspectRoutes(core), SummaryRoutes(core), ModelRoutes(core),
            AliasRoutes(core), ModelFileRoutes(core), OperationRoutes(core), ProblemRoutes(), ConsoleRoutes(),
        ]
    }

    /// The method and path of every route, and whether it changes the models' folder, for tests.
    package var servedPaths: [(method: String, path: String, mutatesModels: Bool)] {
        routes.map { ($0.method.rawValue, $0.path, $0.mutatesModels) }
    }

    /// The paths that need no key, for the test of the threat model.
    package var openPaths: [String] { routes.filter { $0.scope == nil }.map(\.path) }

    /// Whether the server shuts down. It is not ready then, but still serves requests.
    public var isDraining: Bool {
        get { readiness.isDraining }
        set { readiness.isDraining = newValue }
    }

    /// Includes the connections of a server in `/metrics`.
    public func include(_ server: Server) { metrics.include(server) }

    // MARK: Handler

    /// Makes the context of a new exchange.
    /// - Parameters:
    ///   - head: nil if no request could be parsed.
    ///   - peer: the client's address.
    public func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler {
        RequestContext(head, from: peer, self)
    }

    /// Runs the small predictions of this turn of the loop.
    public func turnEnded() { batch.run() }

    /// The response to a request that the HTTP layer refuses, in the format of all other problems.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        Problem.transport(status, detail).response
    }
}
