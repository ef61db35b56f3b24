import DequeModule
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import OrderedCollections
import Synchronization

/// The trainings of a server: a bounded number that run, a bounded queue, and a bounded number of ended jobs.
public final class TrainingJobs: Sendable {
    /// The outcome of submitting a training. The request is a waiter of the job that it gets.
    public enum Submission: Sendable {
        /// A new job.
        case accepted(TrainingJob)
        /// The job of an earlier request with the same key.
        case repeated(TrainingJob)
        /// The key belongs to another request.
        case conflict
        /// The queue is full.
        case full
        /// The owner has its maximum number of trainings.
        case ownerIsFull(Owner)
        /// The server is about to stop.
        case closed
    }

    /// An API key that starts trainings.
    public struct Owner: Sendable {
        /// The name of the key.
        public let name: String
        /// The maximum number of its trainings that wait or run; nil for no maximum.
        public let maxTrainings: Int?

        /// Creates an owner.
        public init(name: String, maxTrainings: Int?) {
            self.name = name
            self.maxTrainings = maxTrainings
        }
    }

    private let queue = Mutex(TrainingQueue())
    private let registry: ModelRegistry
    private let limits: RuntimeLimits
    private let metrics = TrainingMetrics()

    /// Creates an empty queue of jobs whose models are published in a registry.
    public init(registry: ModelRegistry, limits: RuntimeLimits = .init()) {
        self.registry = registry
        self.limits = limits
    }

    /// Finds the job of an earlier request with the same key.
    /// - Returns: `repeated`, or `conflict` if the key belongs to another request; nil for an unknown key.
    public func find(_ key: IdempotencyKey) -> Submission? { queue.withLock { $0.find(key) } }

    /// Submits work, which begins at once or waits in the queue.
    /// - Parameters:
    ///   - model: the name of the model.
    ///   - key: of the request, if it has one; its fingerprint is stored with the version.
    ///   - owner: the API key of the request; nil for a request without one.
    public func submit(
        _ model: String, _ work: some PlannedWork, as key: IdempotencyKey? = nil, by owner: Owner? = nil
    ) -> Submission {
        var work = work
        if let key { work.request = key.fingerprint }
        let job = TrainingJob(
            id: Self.newID(), work.kind, model: model, epochs: work.epochs, owner: owner?.name,
            inspection: work.inspection)
        let queued = QueuedWork(job: job, work: work)
        let (submission, startsThread) = queue.withLock { queue in
            if let key, let found = queue.find(key) { return (found, false) }
            guard !queue.isClosed else { return (Submission.closed, false) }
            if let owner, let limit = owner.maxTrainings, queue.unendedCount(of: owner.name) >= limit {
                return (.ownerIsFull(owner), false)
            }
            // Jobs that were cancelled in the queue do not count.
            queue.waiting.removeAll { $0.job.isEnded }
            let startsThread = queue.running < limits.maxConcurrentTrainings
            let bytes = queue.waiting.reduce(queued.byteCount) { $0 + $1.byteCount }
            guard
                startsThread
                    || queue.waiting.count < limits.maxQueuedTrainings && bytes <= limits.maxQueuedBytes
            else { return (.full, false) }
            if startsThread { queue.running += 1 }
            queue.waiting.append(queued)
            queue.add(job, as: key, maxEndedJobs: limits.maxEndedJobs)
            return (.accepted(job), startsThread)
        }
        if case .accepted = submission { metrics.observe(job) }
        if startsThread { startThread(isLowPriority: true) { self.runUntilEmpty() } }
        return submission
    }

    /// Adds an ended job for a version that a request has made earlier, on another server or before a
    /// restart.
    /// - Parameter owner: the API key of the request; nil for a request without one.
    /// - Returns: the job of the request, which may be known already.
    public func remember(
        _ version: ModelRegistry.Description, as key: IdempotencyKey, by owner: Owner? = nil
    ) -> Submission {
        let kind = TrainingJob.Kind(of: version.model)
        let history = kind == .training ? version.model.training.history : []
        let job = TrainingJob(
            id: Self.newID(), kind, model: version.name, epochs: history.count, owner: owner?.name)
        history.forEach(job.add)
        job.end(.succeeded(version))
        return queue.withLock { queue in
            if let found = queue.find(key) { return found }
            queue.add(job, as: key, maxEndedJobs: limits.maxEndedJobs)
            return .repeated(job)
        }
    }

    /// All jobs that are known, the newest first.
    public var all: [TrainingJob] { queue.withLock { $0.jobs.values.reversed() } }

    /// The trainings since the start.
    public var counts: TrainingCounts { metrics.counts(of: all) }

    /// The job with a name; nil if none is known.
    public subscript(id: String) -> TrainingJob? { queue.withLock { $0.jobs[id] } }

    /// Forgets a job that has ended or cannot be cancelled any more; returns false for others.
    public func forget(_ job: TrainingJob) -> Bool {
        guard !job.isCancellable else { return false }
        queue.withLock { $0.forget([job.id]) }
        return true
    }

    /// Rejects new jobs from now on, and cancels those in the queue.
    public func close() {
        let waiting = queue.withLock { queue in
            queue.isClosed = true
            return queue.waiting
        }
        for queued in waiting { queued.job.cancel() }
    }

    /// Blocks until no job runs. Cancels jobs that still run after the timeout.
    /// - Parameter timeout: seconds; a negative timeout is 0.
    public func drain(timeout: Double) {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(max(0, timeout))
        while !isIdle {
            if clock.now >= end { for job in all { job.cancel() } }
            usleep(10_000)
        }
    }

    private var isIdle: Bool { queue.withLock { $0.running == 0 } }

    /// 128 random bits in hexadecimal: a client that has a job's name may cancel the job, so it must not be
    /// guessable.
    private static func newID() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }.hexadecimal
    }

    // MARK: Training threads

    private func runUntilEmpty() {
        while let next = dequeue() { run(next) }
    }

    /// Takes the next training from the queue. If it is empty, the calling thread no longer counts as
    /// running.
    private func dequeue() -> QueuedWork? {
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else {
                queue.running -= 1
                return nil
            }
            return queue.waiting.removeFirst()
        }
    }

    private func run(_ queued: QueuedWork) {
        let job = queued.job
        guard job.begin() else { return }
        if let fault = registry.folder.status.fault, !fault.isTransient {
            return job.end(.failed(.registry(.folder(fault))))
        }
        do throws(TrainingFailure) {
            let trained = try queued.work.run(onEpoch: job.add, isCancelled: { job.isCancelled })
            do throws(RegistryError) {
                // The job keeps the description and not the entry, which would keep the weights in memory.
                let version = try registry.publish(job.model, trained, isWanted: job.beginPublishing)
                job.end(.succeeded(version))
            } catch .cancelled {
                job.end(.cancelled)
            } catch {
                job.end(.failed(.registry(error)))
            }
        } catch .training(.cancelled) {
            job.end(.cancelled)
        } catch {
            job.end(.failed(.training(error)))
        }
    }
}
