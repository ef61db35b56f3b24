import HTTP1
import JSON
import ModelStore
import NeuralNetwork
import Training

/// Training jobs: listing, progress, cancellation.
struct JobRoutes: RouteGroup {
    private let trainings: Trainings

    init(_ core: ServingCore) { trainings = core.trainings }

    var routes: [Route] {
        [
            Route(
                .get, "/jobs", scope: .read, query: [],
                .onLoop { (call) throws(Problem) in
                    let jobs = trainings.jobs.all.filter { call.permission.allows($0.model) }
                    return .json { json in
                        json.array("jobs", of: jobs) { json, job in
                            json.object { $0.summary(of: job, job.summary) }
                        }
                    }
                }),
            Route(
                .get, "/jobs/{job}", scope: .read, ownerScope: .train, query: [],
                .onQueue { (call) throws(Problem) in
                    let job = try job(of: call)
                    return .json { $0.members(of: job, trainings) }
                }),
            Route(
                .delete, "/jobs/{job}", scope: .train, query: [],
                .onQueue { (call) throws(Problem) in
                    let job = try job(of: call)
                    try call.checkPreconditions {}
                    if job.cancel() { return .json(.accepted) { $0.members(of: job, trainings) } }
                    _ = trainings.jobs.forget(job)
                    return Response(status: .noContent)
                }),
            Route(
                .get, "/jobs/{job}/events", scope: .read, ownerScope: .train, query: [],
                produces: [.eventStream],
                .onLoop { (call) throws(Problem) in
                    let job = try job(of: call)
                    let last = call.request.fields["Last-Event-ID"].flatMap { Int($0) } ?? 0
                    // 204 prevents an EventSource that has received the end from reconnecting (HTML, 9.2).
                    guard last <= job.epochs else { return Response(status: .noContent) }
                    return .events(of: job, after: max(0, last), trainings, call.permission)
                }),
        ]
    }

    /// The job that the path names.
    /// - Throws: 404 for an unknown job, and for one that the key may not use.
    private func job(of call: Call) throws(Problem) -> TrainingJob {
        let id = call.parameters["job"] ?? ""
        guard let job = trainings.jobs[id], call.permission.allows(job) else { throw .unknownJob(id) }
        call.context.note(job)
        return job
    }
}

extension Response {
    /// Server-sent events of a job.
    /// - Parameters:
    ///   - epoch: the last epoch that the client has received.
    ///   - permission: of the request; the stream ends when it does.
    ///   - hasHistory: whether the result has the losses of all epochs.
    static func events(
        of job: TrainingJob, after epoch: Int, _ trainings: Trainings, _ permission: Permission,
        hasHistory: Bool = true, onDisconnect: @escaping @Sendable () -> Void = {}
    ) -> Response {
        let fields = [
            (name: "Content-Type", value: MediaType.eventStream.rawValue),
            (name: "Cache-Control", value: "no-store"),
            // nginx would collect the events until its buffer is full.
            (name: "X-Accel-Buffering", value: "no"),
        ]
        return Response(
            status: .ok, fields: fields,
            body: .stream { writer in
                writer.onClose(onDisconnect)
                JobEvents(
                    job, to: writer, after: epoch, trainings, permission, hasHistory: hasHistory
                ).start()
            })
    }
}

extension JSONWriter {
    /// A job with its history and its result or problem, as members of the current object.
    mutating func members(of job: TrainingJob, _ trainings: Trainings) {
        let snapshot = job.snapshot
        summary(of: job, snapshot)
        object("history") { $0.losses(of: snapshot.history) }
        switch snapshot.state {
        case .succeeded(let version):
            object("result") { json in
                json.members(of: version)
                json.trainReport(version, job.inspection)
            }
        case .failed, .cancelled:
            do throws(Problem) {
                _ = try trainings.outcome(of: snapshot)
            } catch {
                object("problem", error.write)
            }
        case .queued, .running: break
        }
    }

    /// A job without its history, as members of the current object.
    mutating func summary(of job: TrainingJob, _ snapshot: TrainingJob.Snapshot) {
        member("id", job.id)
        member("model", job.model)
        member("kind", job.kind.rawValue)
        member("state", snapshot.stateName)
        progress(of: job, snapshot)
        member("created_at", snapshot.createdAt)
        member("started_at", snapshot.startedAt)
        member("ended_at", snapshot.endedAt)
        if case .succeeded(let version) = snapshot.state { member("version", version.version) }
    }

    /// The progress of a job, as members of the current object.
    /// - Parameter epoch: reports the progress at the end of this epoch; nil for the current progress.
    mutating func progress(of job: TrainingJob, _ snapshot: TrainingJob.Snapshot, upTo epoch: Int? = nil) {
        let report = epoch.map { snapshot.history[$0 - 1] } ?? snapshot.last
        let epoch = epoch ?? snapshot.epochsDone
        let isRunning = if case .running = snapshot.state { true } else { false }
        member("epoch", epoch)
        member("epochs", job.epochs)
        member("loss", report.map { Float($0.loss) })
        member("val_loss", report?.validationLoss.map { Float($0) })
        member("seconds", snapshot.secondsPerEpoch.map { $0 * Double(epoch) } ?? snapshot.seconds)
        member("seconds_per_epoch", snapshot.secondsPerEpoch)
        // Assumes that the remaining epochs take as long as the previous ones.
        member(
            "seconds_left", isRunning ? snapshot.secondsPerEpoch.map { $0 * Double(job.epochs - epoch) } : nil
        )
    }
}

extension TrainingJob.Snapshot {
    /// The value of `state` in responses.
    var stateName: String {
        switch state {
        case .queued: "queued"
        case .running: "running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
