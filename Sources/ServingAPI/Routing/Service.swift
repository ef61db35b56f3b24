import HTTP1
import JSON
import Logging
import ModelStore
import Synchronization
import Telemetry
import Training

/// Reprise over HTTP: the one room that knows both requests and models.
public final class Service: Handler {
    let registry: ModelRegistry
    let limits: RuntimeLimits
    let logger: Logger
    /// The trainings that were asked for.
    public let jobs: TrainingJobs
    private let predictions: WorkQueue
    private let batch = PredictionBatch()
    let keys: APIKeys?
    let detector: AnomalyDetector
    private let router: Router
    private let isReady = Atomic<Bool>(true)
    let metrics: ServiceMetrics
    let requestLog: RequestLog?

    /// A service over a registry, for everybody unless there are keys, that logs requests if it is told where.
    /// - Parameter data: the folder in which requests may name files; nil for none.
    public init(
        registry: ModelRegistry, limits: RuntimeLimits = .init(), keys: APIKeys? = nil,
        data: DataFolder? = nil, computeWidth: Int = 2, logger: Logger = Logger(label: "reprise"),
        requestLog: RequestLog? = nil
    ) {
        self.registry = registry
        self.limits = limits
        self.keys = keys
        detector = AnomalyDetector(folder: data)
        self.logger = logger
        self.requestLog = requestLog
        router = Router(Service.routes, isReadOnly: registry.isReadOnly)
        metrics = ServiceMetrics(paths: router.paths)
        jobs = TrainingJobs(registry: registry, limits: limits)
        predictions = WorkQueue(
            label: "reprise.prediction", width: computeWidth, limit: limits.waitingPredictions,
            byteLimit: limits.waitingBytes)
    }

    /// The longest body that is read on a loop: what is refused for want of room is refused unread.
    private static let smallBody = 4 * 1024

    static let routes: [Route] =
        trainingRoutes + jobRoutes + predictionRoutes + layerRoutes + scoreRoutes + compareRoutes
        + summaryRoutes
        + modelRoutes
        + aliasRoutes
        + modelFileRoutes
        + inferenceRoutes
        + detectorRoutes
        + operationRoutes
        + consoleRoutes

    /// Every method and path that is served, for the test of openapi.yaml.
    package static var servedPaths: [(method: String, path: String)] {
        routes.map { ($0.method.rawValue, $0.path) }
    }

    /// Whether `/readyz` answers 200. A server that is about to stop is not ready, but still serves.
    public var readiness: Bool {
        get { isReady.load(ordering: .acquiring) }
        set { isReady.store(newValue, ordering: .releasing) }
    }

    /// Has `/metrics` tell of the connections of a server too.
    public func include(_ server: Server) { metrics.include(server) }

    /// Watches every exchange, for the figures and the log.
    public func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)? {
        ServedExchange(head, head.map(router.find), from: peer, metrics: metrics.requests, log: requestLog)
    }

    /// What there is for a request: looked up once if it is watched.
    private func match(_ head: RequestHead) -> Router.Match {
        (head.observer as? ServedExchange)?.match ?? router.find(head)
    }

    /// Refuses what can be refused without looking at the body.
    public func preflight(_ head: RequestHead) -> Response? {
        do throws(Problem) {
            let route = try admit(head)
            _ = try MediaType.negotiate(head.fields, offered: route.produces)
            if let content = route.takes { try head.checkContent(is: content) }
            return nil
        } catch {
            return error.response(to: head)
        }
    }

    /// The route of a request that may take it.
    private func admit(_ head: RequestHead) throws(Problem) -> Route {
        let route: Route
        do throws(Problem) {
            route = try match(head).found.get()
        } catch {
            // Who has no key isn't told either what there is not.
            try keys?.check(head.fields, for: nil)
            throw error
        }
        if let scope = route.scope { try keys?.check(head.fields, for: scope) }
        return route
    }

    /// Answers on the loop or passes on to a queue.
    public func respond(to request: Request, _ responder: Responder) {
        do throws(Problem) {
            let match = match(request.head)
            let route = try match.found.get()
            let call = Call(
                request: request, responder: packing(responder, request.fields), parameters: match.parameters,
                mediaType: try MediaType.negotiate(request.fields, offered: route.produces),
                arrival: route.lane.isTimed ? .now : nil)
            switch route.lane {
            case .loop: run(route, call)
            case .score where isSmall(request):
                guard let fields = try ScoreFields(request, self, inMemory: true), fields.isSmall else {
                    return try submit(bytes: request.body.count) { self.run(route, call) }
                }
                call.responder.send(try scores(fields, call).response())
            case .prediction(let kind) where isSmall(request):
                // A model that isn't in memory is read from disk, which isn't for a loop to do.
                guard let prediction = try prediction(kind, call, inMemory: true) else { fallthrough }
                if prediction.isSmall { return batch.add(prediction) }
                try submit(bytes: prediction.byteCount) { prediction.answer() }
            case .compute, .prediction, .score:
                try submit(bytes: request.body.count) { self.run(route, call) }
            }
        } catch {
            responder.send(error.response(to: request.head))
        }
    }

    /// What the HTTP layer refuses by itself, in the same form as our own errors.
    public func errorResponse(_ status: Status, detail: String) -> Response {
        Problem.transport(status, detail).response
    }

    /// A responder that packs the answers of a client who likes that.
    private func packing(_ responder: Responder, _ fields: HeaderFields) -> Responder {
        guard ContentCoding.acceptsGzip(fields) else { return responder }
        return responder.map { $0.packed() }
    }

    /// Whether the body can be read on a loop. One that is packed may become a thousand times as large.
    private func isSmall(_ request: Request) -> Bool {
        request.body.count <= Self.smallBody && request.fields["Content-Encoding"] == nil
    }

    /// Does the small predictions that have come in this turn.
    public func turnEnded() { batch.answer() }

    /// How many predictions and other bodies wait for their turn.
    var waitingCount: Int { predictions.waitingCount }

    func submit(bytes: Int, _ work: @escaping WorkQueue.Work) throws(Problem) {
        guard predictions.submit(bytes: bytes, work) else { throw .overloaded() }
    }

    private func run(_ route: Route, _ call: Call) {
        do throws(Problem) {
            let call = route.takes != nil ? try call.unpacked(limit: limits.body) : call
            if let response = try route.action(self, call) { call.responder.send(response) }
        } catch {
            call.responder.send(error.response(to: call.request.head))
        }
    }
}

extension Response {
    /// 200 or another status with a JSON document.
    static func json(
        _ status: Status = .ok, fields: [(name: String, value: String)] = [], reserving capacity: Int = 256,
        _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter(reservingCapacity: capacity)
        json.object { write(&$0) }
        return Response(
            status: status, fields: [(name: "Content-Type", value: MediaType.json.rawValue)] + fields,
            body: .bytes(json.bytes))
    }
}
