import Crypto
import Detection
import HTTP1
import JSON
import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import Training

extension Service {
    static let trainingRoutes: [Route] = [
        Route(
            .post, "/train", scope: .train, stores: true, lane: .compute, takes: .data,
            produces: [.json, .eventStream]
        ) { (service, call) throws(Problem) in
            let job = try service.job(for: call)
            if call.mediaType == .eventStream { return service.follow(job, call) }
            if call.request.fields.prefersAsync { return service.accept(job) }
            service.await(job, call.responder)
            return nil
        }
    ]

    /// The job that a request asks for: a new one, or that of the same request before.
    private func job(for call: Call) throws(Problem) -> TrainingJob {
        let repeatable = try repeatable(call.request)
        if let repeatable, let found = jobs.find(repeatable) { return try job(of: found) }
        let fields = try TrainingFields(call.request, self)
        if let repeatable {
            // It may have come to another server, or to this one before it was started again.
            let made = try onDisk { (registry) throws(FileError) in
                try registry.version(of: fields.name, madeFor: repeatable.fingerprint)
            }
            if let made { return try job(of: jobs.remember(made, as: repeatable)) }
        }
        return try job(of: jobs.submit(fields.name, fields.training, as: repeatable))
    }

    /// The job that has been submitted.
    func job(of submission: TrainingJobs.Submission) throws(Problem) -> TrainingJob {
        switch submission {
        case .accepted(let job):
            job.observe { [logger] in logger.note(job) }
            return job
        case .repeated(let job): return job
        case .conflict: throw .idempotencyConflict()
        case .full: throw .tooManyTrainings()
        case .closed: throw .draining()
        }
    }

    /// The request as its Idempotency-Key names it. Each API key has names of its own.
    private func repeatable(_ request: Request) throws(Problem) -> IdempotencyKey? {
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
        let owner = try keys?.check(request.fields, for: .train) ?? ""
        var hash = SHA256()
        // Beside CSV and arrays the query is half of what is asked for.
        if request.head.hasOptionsInQuery { hash.update(data: Array("\(request.target.query ?? "")\n".utf8)) }
        hash.update(data: request.body)
        return IdempotencyKey(
            value: "\(owner) \(key)", requestDigest: hash.finalize().hexadecimal)
    }

    // MARK: Three ways to hear of it

    /// 202: the client asks again.
    private func accept(_ job: TrainingJob) -> Response {
        // It stays attached: nobody waits, but somebody will ask.
        let fields = [
            (name: "Location", value: "/jobs/\(job.id)"),
            (name: "Preference-Applied", value: "respond-async"),
        ]
        return .json(.accepted, fields: fields) { $0.members(of: job, self) }
    }

    /// Answers when the job has ended. Nobody may be there to hear it: then it need not go on.
    private func await(_ job: TrainingJob, _ responder: Responder) {
        responder.whenGone { job.removeWaiter() }
        job.observe { [self] in
            guard job.isEnded else { return true }
            responder.send(answer(to: job.snapshot))
            return false
        }
    }

    /// Tells of each epoch; the last event is the answer.
    private func follow(_ job: TrainingJob, _ call: Call) -> Response {
        return eventStream(of: job, after: 0) { job.removeWaiter() }
    }

    private func answer(to snapshot: TrainingJob.Snapshot) -> Response {
        do throws(Problem) {
            let version = try outcome(of: snapshot)
            let location = "/models/\(version.name)/versions/\(version.version)"
            return .json(.created, fields: [(name: "Location", value: location)]) { $0.trainAnswer(version) }
        } catch {
            return error.response
        }
    }

    /// The version that a job has made.
    /// - Throws: why there is none.
    func outcome(of snapshot: TrainingJob.Snapshot) throws(Problem) -> ModelRegistry.Description {
        switch snapshot.state {
        case .succeeded(let version): return version
        case .failed(.training(let failure)): throw Problem(failure, architecture: nil)
        case .failed(.registry(let error)): throw Problem(error)
        case .cancelled, .queued, .running: throw readiness ? .trainingCancelled() : .draining()
        }
    }
}

extension JSONWriter {
    /// What POST /train answers, as members of the current object.
    mutating func trainAnswer(_ version: ModelRegistry.Description) {
        members(of: version)
        object("history") { $0.losses(of: version.model.training.history) }
        member("warnings", version.model.warnings(of: version.model.threshold?.rule))
    }

    /// The losses of each epoch, as members of the current object.
    mutating func losses(of history: [EpochReport]) {
        member("loss", history.map { Float($0.loss) }[...])
        member("val_loss", history.compactMap(\.validationLoss).map { Float($0) }[...])
        member("learning_rate", history.map(\.learningRate)[...])
    }
}

extension Problem {
    /// Why training gave no model.
    init(_ failure: TrainingFailure, architecture: Architecture?) {
        let pointer = architecture?.pointer ?? "/units"
        switch failure {
        case .architecture(let error):
            self =
                architecture.map { Problem(JSONError(error, in: $0)) } ?? .invalid(at: pointer, error.detail)
        case .tooLarge(let detail): self = .invalid(at: pointer, detail)
        case .training(let error): self = .trainingFailed(error.description)
        }
    }
}

extension HeaderFields {
    /// Whether the client would rather be told later (RFC 7240, 4.1).
    fileprivate var prefersAsync: Bool {
        values(of: "Prefer").flatMap { $0.split(separator: ",") }.contains {
            $0.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased() == "respond-async"
        }
    }
}

extension Logger {
    /// A line when a job has ended. Says whether there is more to note.
    fileprivate func note(_ job: TrainingJob) -> Bool {
        guard job.isEnded else { return true }
        let snapshot = job.summary
        var metadata: Logger.Metadata = [
            "model": "\(job.model)", "job": "\(job.id)", "seconds": "\(snapshot.seconds)",
        ]
        switch snapshot.state {
        case .queued, .running: break
        case .succeeded(let version):
            metadata["version"] = "\(version.version)"
            info("trained", metadata: metadata)
        case .failed(let failure):
            metadata["reason"] = "\(failure)"
            warning("a training failed", metadata: metadata)
        case .cancelled: info("a training was cancelled", metadata: metadata)
        }
        return false
    }
}
