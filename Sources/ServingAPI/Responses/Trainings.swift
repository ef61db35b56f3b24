import JSON
import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import Training

/// The trainings of a server as routes use them: a refusal or failure becomes a problem, and the end of each
/// job is logged.
package struct Trainings: Sendable {
    /// The jobs.
    package let jobs: TrainingJobs
    let readiness: Readiness
    let logger: Logger

    /// The job of a submission.
    /// - Throws: 422 for an idempotency key that was used for another request, 429 for a full queue, 503
    ///   while the server shuts down.
    package func job(of submission: TrainingJobs.Submission) throws(Problem) -> TrainingJob {
        switch submission {
        case .accepted(let job):
            job.observe { [logger] in logger.log(job) }
            return job
        case .repeated(let job): return job
        case .conflict: throw .idempotencyConflict()
        case .full: throw .tooManyTrainings()
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
        }
    }
}

extension Logger {
    /// Logs the end of a job.
    /// - Returns: whether the job has not ended.
    fileprivate func log(_ job: TrainingJob) -> Bool {
        guard job.isEnded else { return true }
        let snapshot = job.summary
        var metadata: Logger.Metadata = [
            "model": "\(job.model)", "job": "\(job.id)", "seconds": "\(snapshot.seconds)",
        ]
        switch snapshot.state {
        case .queued, .running: break
        case .succeeded(let version):
            metadata["version"] = "\(version.version)"
            info("training succeeded", metadata: metadata)
        case .failed(let failure):
            metadata["reason"] = "\(failure)"
            // The client can correct a training; the operator has to correct the disk.
            let level: Logger.Level = if case .registry = failure { .error } else { .warning }
            log(level: level, "training failed", metadata: metadata)
        case .cancelled: info("training cancelled", metadata: metadata)
        }
        return false
    }
}
