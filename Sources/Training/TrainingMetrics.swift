import NeuralNetwork
import Synchronization
import Telemetry

/// The trainings of a server since its start.
public struct TrainingCounts: Sendable {
    /// Trainings that have made a version.
    public fileprivate(set) var succeeded = 0
    /// Trainings that have failed.
    public fileprivate(set) var failed = 0
    /// Trainings that were cancelled.
    public fileprivate(set) var cancelled = 0
    /// Epochs of all trainings.
    public fileprivate(set) var epochs = 0
    /// Seconds from the start of a training to its end, by outcome. Trainings that never began are not in it.
    package fileprivate(set) var durations: [(outcome: String, seconds: Histogram.Snapshot)] = []
    /// Trainings that run now.
    public fileprivate(set) var running = 0
    /// Trainings in the queue now.
    public fileprivate(set) var waiting = 0
    /// The loss of the last epoch of each model, of a bounded number of models.
    public fileprivate(set) var losses: [(model: String, loss: Double)] = []
}

/// Observes trainings and counts them, also those that are forgotten later.
final class TrainingMetrics: Sendable {
    /// The maximum number of models with a loss; those that were trained last are kept.
    static let maxModels = 100

    private let counts = Mutex(TrainingCounts())
    private let succeeded = Histogram(.longSeconds)
    private let failed = Histogram(.longSeconds)
    private let cancelled = Histogram(.longSeconds)

    private final class Progress: Sendable {
        /// Epochs of one job that have been counted.
        let epochs = Atomic(0)
    }

    /// Counts a job from its start to its end.
    func observe(_ job: TrainingJob) {
        let progress = Progress()
        // The job holds the observer, so that the observer must not hold the job.
        job.observe { [self, weak job] in
            guard let job else { return false }
            let now = job.summary
            let before = progress.epochs.exchange(now.epochsDone, ordering: .relaxed)
            counts.withLock { counts in
                counts.epochs += max(0, now.epochsDone - before)
                if let last = now.last { counts.setLoss(last.loss, of: job.model) }
                // An observer is called once after the end, so that each job is counted once.
                switch now.state {
                case .queued, .running: break
                case .succeeded: counts.succeeded += 1
                case .failed: counts.failed += 1
                case .cancelled: counts.cancelled += 1
                }
            }
            if now.startedAt != nil {
                durations(now.state)?.observe(UInt64(now.seconds * 1e9))
            }
            return !now.isEnded
        }
    }

    /// The durations of trainings that ended in this state; nil for a state that is not an end.
    private func durations(_ state: TrainingJob.State) -> Histogram? {
        switch state {
        case .queued, .running: nil
        case .succeeded: succeeded
        case .failed: failed
        case .cancelled: cancelled
        }
    }

    /// Returns the counts since the start, and the present states of `jobs`.
    func counts(of jobs: [TrainingJob]) -> TrainingCounts {
        var counts = counts.withLock { $0 }
        counts.durations = [
            ("succeeded", succeeded.snapshot), ("failed", failed.snapshot), ("cancelled", cancelled.snapshot),
        ]
        for job in jobs {
            switch job.summary.state {
            case .queued: counts.waiting += 1
            case .running: counts.running += 1
            case .succeeded, .failed, .cancelled: break
            }
        }
        return counts
    }
}

extension TrainingCounts {
    fileprivate mutating func setLoss(_ loss: Double, of model: String) {
        losses.removeAll { $0.model == model }
        losses.append((model, loss))
        if losses.count > TrainingMetrics.maxModels { losses.removeFirst() }
    }
}
