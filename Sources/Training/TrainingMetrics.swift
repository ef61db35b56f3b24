import NeuralNetwork
import Synchronization

/// What became of a server's trainings since its start.
public struct TrainingCounts: Sendable {
    /// Those that have made a version.
    public fileprivate(set) var succeeded = 0
    /// Those that have ended without one.
    public fileprivate(set) var failed = 0
    /// Those that somebody has ended.
    public fileprivate(set) var cancelled = 0
    /// Epochs of all of them.
    public fileprivate(set) var epochs = 0
    /// Those that train now.
    public fileprivate(set) var running = 0
    /// Those that wait for their turn.
    public fileprivate(set) var waiting = 0
    /// The loss of the last epoch of each model that was trained, of a bounded number of models.
    public fileprivate(set) var losses: [(model: String, loss: Double)] = []
}

/// Follows trainings and counts, also those that are forgotten later.
final class TrainingTally: Sendable {
    /// Of how many models the last loss is kept: those that were trained last.
    static let models = 100

    private let counts = Mutex(TrainingCounts())

    /// How many epochs of a job are counted.
    private final class Progress: Sendable {
        let epochs = Atomic(0)
    }

    /// Follows a job from its beginning to its end.
    func follow(_ job: TrainingJob) {
        let progress = Progress()
        // The job keeps this, not the other way round.
        job.observe { [self, weak job] in
            guard let job else { return false }
            let now = job.summary
            let before = progress.epochs.exchange(now.epochsDone, ordering: .relaxed)
            counts.withLock { counts in
                counts.epochs += max(0, now.epochsDone - before)
                if let last = now.last { counts.keep(last.loss, of: job.model) }
                // The end comes once: nothing changes behind it.
                switch now.state {
                case .queued, .running: break
                case .succeeded: counts.succeeded += 1
                case .failed: counts.failed += 1
                case .cancelled: counts.cancelled += 1
                }
            }
            return !now.isEnded
        }
    }

    /// What was counted, and what the jobs that there are do now.
    func counts(of jobs: [TrainingJob]) -> TrainingCounts {
        var counts = counts.withLock { $0 }
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
    fileprivate mutating func keep(_ loss: Double, of model: String) {
        losses.removeAll { $0.model == model }
        losses.append((model, loss))
        if losses.count > TrainingTally.models { losses.removeFirst() }
    }
}
