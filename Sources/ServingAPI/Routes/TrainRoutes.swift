import Crypto
import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import Training

/// POST /train.
struct TrainRoutes: RouteGroup {
    private let models: ModelLookup
    private let trainings: Trainings
    private let limits: RuntimeLimits

    init(_ core: ServingCore) {
        models = core.models
        trainings = core.trainings
        limits = core.limits
    }

    var routes: [Route] {
        [
            Route(
                .post, "/train", scope: .train, mutatesModels: true, accepts: .data,
                produces: [.json, .eventStream],
                .onQueue { (call) throws(Problem) in
                    let job = try job(for: call)
                    if call.mediaType == .eventStream { return follow(job, call) }
                    if call.request.fields.prefersAsync { return accept(job) }
                    respondAtEnd(of: job, call)
                    return nil
                })
        ]
    }

    /// The job of a request: a new one, or the one that the same request made before.
    private func job(for call: Call) throws(Problem) -> TrainingJob {
        let jobs = trainings.jobs
        let key = try idempotencyKey(call)
        if let key, let found = jobs.find(key) { return try trainings.job(of: found) }
        let request = try TrainRequest(call, models, limits)
        if let key {
            // Another server may have done the request, or this server before it was restarted.
            let made = try models.onDisk { (registry) throws(FileError) in
                try registry.version(of: request.name, madeFor: key.fingerprint)
            }
            if let made { return try trainings.job(of: jobs.remember(made, as: key)) }
        }
        return try trainings.job(of: jobs.submit(request.name, request.training, as: key))
    }

    /// The request as its Idempotency-Key names it. Each API key has a namespace of its own.
    private func idempotencyKey(_ call: Call) throws(Problem) -> IdempotencyKey? {
        let request = call.request
        let values = request.fields.values(of: "Idempotency-Key")
        guard let text = values.first else { return nil }
        // A string of RFC 9651, or bare as most clients send it.
        let key =
            text.hasPrefix("\"") && text.hasSuffix("\"") && text.count > 1
            ? text.dropFirst().dropLast() : text[...]
        let isPrintable = key.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard values.count == 1, isPrintable, (1...255).contains(key.utf8.count) else {
            throw .badRequest(
                "an Idempotency-Key is 1 to 255 printable characters without blanks, and comes once")
        }
        let owner = call.admission.keyName ?? ""
        var hash = SHA256()
        // Beside CSV and arrays the query is half of the request.
        if call.bodyFormat.hasOptionsInQuery {
            hash.update(data: Array("\(request.target.query ?? "")\n".utf8))
        }
        hash.update(data: request.body)
        return IdempotencyKey(
            value: "\(owner) \(key)", requestDigest: hash.finalize().hexadecimal)
    }

    // MARK: Three ways to respond

    /// 202 at once; the client polls the job.
    private func accept(_ job: TrainingJob) -> Response {
        // The request stays attached to the job, so that the job goes on without a connection.
        let fields = [
            (name: "Location", value: "/jobs/\(job.id)"),
            (name: "Preference-Applied", value: "respond-async"),
        ]
        return .json(.accepted, fields: fields) { $0.members(of: job, trainings) }
    }

    /// Responds when the job has ended. The job is cancelled if the client disconnects before and no other request waits.
    private func respondAtEnd(of job: TrainingJob, _ call: Call) {
        call.responder.onDisconnect { job.removeWaiter() }
        job.observe { [self] in
            guard job.isEnded else { return true }
            call.respond { () throws(Problem) in try created(by: job) }
            return false
        }
    }

    /// An event for each epoch; the last event is the result.
    private func follow(_ job: TrainingJob, _ call: Call) -> Response {
        .events(of: job, after: 0, trainings) { job.removeWaiter() }
    }

    /// 201 with the version that a job has made.
    private func created(by job: TrainingJob) throws(Problem) -> Response {
        let version = try trainings.outcome(of: job.snapshot)
        let location = "/models/\(version.name)/versions/\(version.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) { $0.trainResponse(version) }
    }
}

extension JSONWriter {
    /// The response to POST /train, as members of the current object.
    mutating func trainResponse(_ version: ModelRegistry.Description) {
        members(of: version)
        object("history") { $0.losses(of: version.model.training.history) }
        member(
            "warnings",
            Threshold.warnings(
                of: version.model.threshold?.rule, source: version.model.threshold?.source,
                calibration: version.model.errors))
    }

    /// The losses of each epoch, as members of the current object.
    mutating func losses(of history: [EpochReport]) {
        member("loss", history.map { Float($0.loss) }[...])
        member("val_loss", history.compactMap(\.validationLoss).map { Float($0) }[...])
        member("learning_rate", history.map(\.learningRate)[...])
    }
}

extension HeaderFields {
    /// Whether the client prefers a response before the training has ended (RFC 7240, 4.1).
    fileprivate var prefersAsync: Bool {
        values(of: "Prefer").flatMap { $0.split(separator: ",") }.contains {
            $0.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased() == "respond-async"
        }
    }
}
