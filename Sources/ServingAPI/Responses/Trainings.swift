import JSON
import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import Training

/// The trainings of a server as routes use them: a refusal or failure becomes a problem, and the start and
/// end of each job are logged.
package struct Trainings: Sendable {
    /// The jobs.
    package let jobs: TrainingJobs
    let readiness: Readiness
    let logger: Logger

    /// Starts work for a request, whose key becomes the owner of the job, or queues it.
    /// - Throws: 401 if the key has been revoked or has expired since, 403 if it has lost the scope for the
    ///   model; see ``job(of:for:)``.
    package func submit(
        _ model: PermittedModel, _ work: some PlannedWork, as key: IdempotencyKey? = nil, for call: Call
    ) throws(Problem) -> TrainingJob {
        // A comparison starts trainings long after it was admitted.
        guard let permission = call.permission.current else { throw .endedKey() }
        let model = try permission.model(model.name)
        return try job(of: jobs.submit(model.name, work, as: key, by: permission.owner), for: call)
    }

    /// The job of a submission. The log names the job in the request's line, and the request in the job's.
    /// - Throws: 422 for an idempotency key that was used for another request, 429 for a full queue and
    ///   beyond the limit of a key, 503 while the server shuts down.
    package func job(
        of submission: TrainingJobs.Submission, for call: Call
    ) throws(Problem) -> TrainingJob {
        switch submission {
        case .accepted(let job):
            TrainingLog(job, logger, call.context.logFields).follow()
            call.context.note(job)
            return job
        case .repeated(let job):
            call.context.note(job)
            return job
        case .conflict: throw .idempotencyConflict()
        case .full: throw .tooManyTrainings()
        case .ownerIsFull(let owner):
            throw .tooManyTrainings(of: owner.name, limit: owner.maxTrainings ?? 0)
        case .closed: throw .draining()
        }
    }

    /// The version that a job has produced.
    /// - Throws: the reason why there is none.
    package func outcome(of snapshot: TrainingJob.Snapshot) throws(Problem) -> ModelRegistry.Description {
        switch snapshot.state {
        case .succeeded(let version): return version
        case .failed(.training(let failure)): throw Problem(failure, architecture: nil)
        case .failed(.registry(let error)): throw Problem(error)
        case .cancelled, .queued, .running:
            throw readiness.isDraining ? .draining() : .trainingCancelled()
        }
    }
}

extension Problem {
    /// The problem of a training that produced no model.
    /// - Parameter architecture: the architecture of the request, for the pointer; nil if it is not known.
    package init(_ failure: TrainingFailure, architecture: Architecture?) {
        let pointer = architecture?.pointer ?? "/units"
        switch failure {
        case .architecture(let error):
            self =
                architecture.map { Problem(JSONError(error, in: $0)) } ?? .invalid(at: pointer, error.detail)
        case .tooLarge(let detail): self = .invalid(at: pointer, detail)
        case .training(let error): self = .trainingFailed(error.description)
        case .errors: self = .trainingFailed(failure.description)
        case .emptyCalibration: self = .emptyCalibration()
        case .tooManyJoined: self = .tooManyJoined()
        case .refused(let warnings): self = .warned(warnings)
        }
    }
}
