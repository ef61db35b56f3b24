import Logging
import ModelStore
import Synchronization
import Training

/// Logs the start and the end of a training, a calibration or feedback. Each line has the fields of the
/// request that submitted it, which the job may outlive.
final class TrainingLog: Sendable {
    /// The lines that have been written.
    private struct Written {
        var start = false
        var end = false
    }

    private weak let job: TrainingJob?
    /// What the lines call the job.
    private let kind: TrainingJob.Kind
    private let logger: Logger
    private let written = Mutex(Written())

    /// - Parameter request: the fields that name the request.
    init(_ job: TrainingJob, _ logger: Logger, _ request: Logger.Metadata) {
        self.job = job
        kind = job.kind
        var logger = logger
        for (name, value) in request { logger[metadataKey: name] = value }
        logger[metadataKey: "model"] = "\(job.model)"
        logger[metadataKey: "job"] = "\(job.id)"
        self.logger = logger
    }

    /// Writes the lines until the training has ended. The job holds this object.
    func follow() {
        job?.observe { self.update() }
        // The training may have begun before it was observed.
        _ = update()
    }

    /// Writes the lines that are due.
    /// - Returns: whether the training has not ended.
    private func update() -> Bool {
        guard let snapshot = job?.summary else { return false }
        written.withLock { written in
            if snapshot.startedAt != nil, !written.start {
                written.start = true
                logger.info("\(kind) started")
            }
            if snapshot.isEnded, !written.end {
                written.end = true
                writeEnd(snapshot)
            }
        }
        return !snapshot.isEnded
    }

    private func writeEnd(_ snapshot: TrainingJob.Snapshot) {
        var metadata: Logger.Metadata = ["seconds": "\(snapshot.seconds)"]
        switch snapshot.state {
        case .queued, .running: break
        case .succeeded(let version):
            metadata["version"] = "\(version.version)"
            logger.info("\(kind) succeeded", metadata: metadata)
        case .failed(.training(let failure)):
            metadata["reason"] = "\(Problem(failure, architecture: nil).detail)"
            logger.warning("\(kind) failed", metadata: metadata)
        case .failed(.registry(let error)):
            metadata["reason"] = "\(error.reason)"
            logger.error("\(kind) failed", metadata: metadata)
        case .cancelled: logger.info("\(kind) cancelled", metadata: metadata)
        }
    }
}

extension RegistryError {
    /// One line for the log, which names the file, other than the response.
    fileprivate var reason: String {
        if case .disk(let error) = self { error.description } else { Problem(self).detail }
    }
}
