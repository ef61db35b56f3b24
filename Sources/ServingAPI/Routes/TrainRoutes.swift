import Crypto
import Detection
import HTTP1
import Inspection
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

/// POST /train and, of a model, POST calibrate and POST feedback, which make versions as jobs.
struct TrainRoutes: RouteGroup {
    private let models: ModelLookup
    private let trainings: Trainings
    private let limits: RuntimeLimits
    private let inferences: InferenceMetrics

    init(_ core: ServingCore) {
        models = core.models
        trainings = core.trainings
        limits = core.limits
        inferences = core.inferences
    }

    var routes: [Route] {
        [
            route("/train") { (call) throws(Problem) in
                let request = try TrainRequest(call, models, limits)
                return (request.model, request.training, request.hasHistory)
            },
            route("/models/{model}/calibrate") { (call) throws(Problem) in
                let request = try CalibrateRequest(call, models)
                return (request.model, request.calibration, request.hasHistory)
            },
            route("/models/{model}/feedback") { (call) throws(Problem) in
                let request = try FeedbackRequest(call, models, limits, inferences)
                return (request.model, request.feedback, request.hasHistory)
            },
        ]
    }

    /// Reads a request: the model that gets a version, the work that makes it, and whether the response has
    /// the losses of all epochs.
    private typealias Reader =
        @Sendable (Call) throws(Problem) -> (PermittedModel, any PlannedWork, hasHistory: Bool)

    private func route(_ path: String, _ read: @escaping Reader) -> Route {
        Route(
            .post, path, scope: .train, mutatesModels: true, storesVersions: true, findsRetries: true,
            accepts: .data, produces: [.json, .eventStream],
            .onQueue { (call) throws(Problem) in
                let (job, hasHistory) = try job(for: call, read)
                if call.mediaType == .eventStream { return follow(job, call, hasHistory: hasHistory) }
                if call.request.fields.prefersAsync { return accept(job) }
                respondAtEnd(of: job, call, hasHistory: hasHistory)
                return nil
            })
    }

    /// The job of a request: a new one, or that of an earlier request with the same idempotency key.
    private func job(
        for call: Call, _ read: Reader
    ) throws(Problem) -> (TrainingJob, hasHistory: Bool) {
        let jobs = trainings.jobs
        let key = try idempotencyKey(call)
        if let key, let found = jobs.find(key) {
            let job = try trainings.job(of: found, for: call)
            var request = try DataRequest(call)
            return (job, try request.hasHistory())
        }
        let (model, work, hasHistory) = try read(call)
        if let key {
            // Another server may have processed the request, or this server before it was restarted.
            let existing = try models.onDisk { (registry) throws(FileError) in
                try registry.version(of: model.name, fingerprint: key.fingerprint)
            }
            if let existing {
                let found = jobs.remember(existing, as: key, by: call.permission.owner)
                return (try trainings.job(of: found, for: call), hasHistory)
            }
            try trainings.readiness.requireWritable(storesVersions: true)
        }
        return (try trainings.submit(model, work, as: key, for: call), hasHistory)
    }

    /// The idempotency key of a request; nil without the header field. Each API key has its own namespace.
    /// - Throws: 400 for an invalid key.
    private func idempotencyKey(_ call: Call) throws(Problem) -> IdempotencyKey? {
        let request = call.request
        let values = request.fields.values(of: "Idempotency-Key")
        guard let text = values.first else { return nil }
        // A quoted string of RFC 9651, or the bare text that most clients send.
        let key =
            text.hasPrefix("\"") && text.hasSuffix("\"") && text.count > 1
            ? text.dropFirst().dropLast() : text[...]
        let isPrintable = key.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard values.count == 1, isPrintable, (1...255).contains(key.utf8.count) else {
            throw .badRequest(
                "Idempotency-Key must be 1 to 255 printable characters without blanks, and occur once")
        }
        let namespace = call.permission.keyName ?? ""
        var hash = SHA256()
        // A key that is used for two paths is used for two requests.
        if call.parameters[Route.modelParameter] != nil {
            hash.update(data: Array("\(request.target.path)\n".utf8))
        }
        if let query = request.target.query, !query.isEmpty { hash.update(data: Array("\(query)\n".utf8)) }
        hash.update(data: request.body)
        return IdempotencyKey(
            value: "\(namespace) \(key)", requestDigest: hash.finalize().hexadecimal)
    }

    // MARK: Responses

    /// 202 at once. The client polls the job.
    private func accept(_ job: TrainingJob) -> Response {
        // The request stays attached to the job, so that the job continues after the connection has closed.
        let fields = [
            (name: "Location", value: "/jobs/\(job.id)"),
            (name: "Preference-Applied", value: "respond-async"),
        ]
        return .json(.accepted, fields: fields) { $0.members(of: job, trainings) }
    }

    /// Responds when the job has ended. If the client disconnects before that and no other request waits for
    /// the job, the job is cancelled.
    private func respondAtEnd(of job: TrainingJob, _ call: Call, hasHistory: Bool) {
        let call = call.withoutBody
        call.responder.onDisconnect { job.removeWaiter() }
        job.observe { [self] in
            guard job.isEnded else { return true }
            call.respond { () throws(Problem) in try created(by: job, hasHistory: hasHistory) }
            return false
        }
    }

    /// A stream with an event for each epoch; the last event is the result.
    private func follow(_ job: TrainingJob, _ call: Call, hasHistory: Bool) -> Response {
        .events(of: job, after: 0, trainings, call.permission, hasHistory: hasHistory) {
            job.removeWaiter()
        }
    }

    /// 201 with the version that a job has produced.
    private func created(by job: TrainingJob, hasHistory: Bool) throws(Problem) -> Response {
        let version = try trainings.outcome(of: job.snapshot)
        let location = "/models/\(version.name)/versions/\(version.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) {
            $0.trainResponse(version, job.inspection, hasHistory: hasHistory)
        }
    }
}

extension JSONWriter {
    /// The response to POST /train, to a calibration and to feedback, as members of the current object.
    /// - Parameters:
    ///   - inspection: what the data are; nil for a version that an earlier request has made.
    ///   - hasHistory: whether the response has the losses of all epochs.
    mutating func trainResponse(
        _ version: ModelRegistry.Description, _ inspection: Inspection?, hasHistory: Bool
    ) {
        members(of: version)
        if hasHistory { object("history") { $0.losses(of: version.model.training.history) } }
        trainReport(version, inspection)
    }

    /// What is odd about a training, and what its data are, as members of the current object.
    mutating func trainReport(_ version: ModelRegistry.Description, _ inspection: Inspection?) {
        // The model knows more about what it warns of, too.
        let ofModel = version.model.warnings
        let ofData = (inspection?.warnings ?? []).filter { warning in
            !ofModel.contains { $0.code == warning.code }
        }
        member("warnings", ofData + ofModel)
        if let inspection { object("data") { $0.members(of: inspection) } }
    }

    /// The losses of each epoch, as members of the current object.
    mutating func losses(of history: [EpochReport]) {
        member("loss", history.map { Float($0.loss) }[...])
        member("val_loss", history.compactMap(\.validationLoss).map { Float($0) }[...])
        member("learning_rate", history.map(\.learningRate)[...])
    }
}

extension DataRequest {
    /// Reads `history`: whether the response has the losses of all epochs.
    mutating func hasHistory() throws(Problem) -> Bool {
        try read { (options) throws(JSONError) in try options.bool("history", default: true) }
    }
}

extension HeaderFields {
    /// Whether the client prefers an asynchronous response (RFC 7240, 4.1).
    fileprivate var prefersAsync: Bool {
        values(of: "Prefer").flatMap { $0.split(separator: ",") }.contains {
            $0.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased() == "respond-async"
        }
    }
}
