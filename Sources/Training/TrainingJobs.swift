import Crypto
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import TimeSeries

/// The trainings of a server: a bounded number at once, a bounded line behind them, and those that have ended, for a while.
public final class TrainingJobs: Sendable {
    /// A training that waits for its turn.
    fileprivate struct Waiting: Sendable {
        let job: TrainingJob
        let specification: TrainingSpecification
        let windows: Windows

        var byteCount: Int { windows.series.values.count * MemoryLayout<Float>.stride }
    }

    /// A request that may come twice, and is done once.
    public struct Repeatable: Sendable {
        /// What the client calls it, and whose it is.
        public let key: String
        /// SHA-256 of what it asks for.
        public let digest: String

        /// Names a request.
        public init(key: String, digest: String) {
            self.key = key
            self.digest = digest
        }

        /// What a version that it makes is marked with: SHA-256, in hexadecimal, of both. Whoever has the file learns
        /// neither.
        public var mark: String {
            SHA256.hash(data: Array("\(key)\n\(digest)".utf8)).hexadecimal
        }
    }

    /// What becomes of a training that is asked for. Whoever asks is attached to the job that it is given.
    public enum Submission: Sendable {
        /// It is a new job.
        case accepted(TrainingJob)
        /// It is the job that the same request made before.
        case repeated(TrainingJob)
        /// The same key stands for another request.
        case conflict
        /// Too many wait already.
        case full
        /// The server is about to stop.
        case closed
    }

    fileprivate struct State {
        var jobs: [TrainingJob] = []
        var waiting: [Waiting] = []
        var running = 0
        var keys: [String: (digest: String, job: TrainingJob)] = [:]
        var isClosed = false
    }

    /// Epochs of ended jobs that are remembered: some 40 MB.
    private static let rememberedEpochs = 1_000_000

    private let state = Mutex(State())
    private let registry: ModelRegistry
    private let limits: RuntimeLimits
    private let tally = TrainingTally()

    /// Jobs whose models are published in a registry.
    public init(registry: ModelRegistry, limits: RuntimeLimits = .init()) {
        self.registry = registry
        self.limits = limits
    }

    /// The job that a repeatable request has made before, if it has; `conflict` if another one has.
    public func find(_ request: Repeatable) -> Submission? {
        state.withLock { $0.find(request) }
    }

    /// Has a model trained when its turn comes.
    public func submit(
        _ model: String, _ specification: TrainingSpecification, on windows: Windows,
        as request: Repeatable? = nil
    ) -> Submission {
        let job = TrainingJob(
            id: Self.newID(), model: model, epochs: specification.options.epochs)
        let waiting = Waiting(job: job, specification: specification, windows: windows)
        let (submission, startsThread) = state.withLock { state in
            if let request, let found = state.find(request) { return (found, false) }
            guard !state.isClosed else { return (Submission.closed, false) }
            // Those that were cancelled while they waited take no place.
            state.waiting.removeAll { $0.job.isEnded }
            let startsThread = state.running < limits.concurrentTrainings
            let bytes = state.waiting.reduce(waiting.byteCount) { $0 + $1.byteCount }
            guard
                startsThread || state.waiting.count < limits.waitingTrainings && bytes <= limits.waitingBytes
            else { return (.full, false) }
            if startsThread { state.running += 1 }
            state.waiting.append(waiting)
            state.add(job, as: request, endedLimit: limits.endedJobs, epochLimit: Self.rememberedEpochs)
            _ = job.attach()
            return (.accepted(job), startsThread)
        }
        if case .accepted = submission { tally.follow(job) }
        if startsThread { startThread(isLowPriority: true) { self.runUntilEmpty() } }
        return submission
    }

    /// Knows of a request that has made a version, perhaps on another server, as of one that was done here.
    public func remember(_ version: ModelRegistry.Description, as request: Repeatable) -> Submission {
        let history = version.model.training.history
        let job = TrainingJob(id: Self.newID(), model: version.name, epochs: history.count)
        history.forEach(job.add)
        job.end(.succeeded(version))
        return state.withLock { state in
            if let found = state.find(request) { return found }
            state.add(job, as: request, endedLimit: limits.endedJobs, epochLimit: Self.rememberedEpochs)
            _ = job.attach()
            return .repeated(job)
        }
    }

    /// Every job that is known, the newest first.
    public var all: [TrainingJob] { state.withLock { $0.jobs.reversed() } }

    /// What became of the trainings since the start.
    public var counts: TrainingCounts { tally.counts(of: all) }

    /// A job by its name.
    public subscript(id: String) -> TrainingJob? { state.withLock { $0.jobs.first { $0.id == id } } }

    /// Forgets a job that has ended, or can't be cancelled any more; false for others.
    public func forget(_ job: TrainingJob) -> Bool {
        guard job.isOver else { return false }
        state.withLock { $0.forget([job.id]) }
        return true
    }

    /// Takes no more, and cancels those that wait.
    public func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.waiting
        }
        for one in waiting { one.job.cancel() }
    }

    /// Waits until none runs. Cancels what still does after so many seconds.
    public func finish(within seconds: Double) {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(max(0, seconds))
        while !isIdle {
            if clock.now >= end { for job in all { job.cancel() } }
            usleep(10_000)
        }
    }

    private var isIdle: Bool { state.withLock { $0.running == 0 } }

    /// 128 bits that nobody can guess: who knows a job's name may cancel it.
    private static func newID() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }.hexadecimal
    }

    private func runUntilEmpty() {
        while let next = next() { run(next) }
    }

    private func next() -> Waiting? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private func run(_ waiting: Waiting) {
        let job = waiting.job
        guard job.begin() else { return }
        do throws(TrainingFailure) {
            let trained = try waiting.specification.train(
                on: waiting.windows, limits: limits, onEpoch: job.add, isCancelled: { job.isCancelled })
            do throws(RegistryError) {
                // Not the entry, which would keep the weights in memory as long as the job is remembered.
                job.end(.succeeded(try registry.publish(job.model, trained, if: job.commit)))
            } catch .unwanted {
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

extension TrainingJobs.State {
    /// The job of the same request before. One that was cancelled, perhaps because its client was lost, is no reason not to
    /// try again.
    fileprivate mutating func find(_ request: TrainingJobs.Repeatable) -> TrainingJobs.Submission? {
        guard let known = keys[request.key] else { return nil }
        guard known.digest == request.digest else { return .conflict }
        guard known.job.attach() else {
            keys[request.key] = nil
            return nil
        }
        return .repeated(known.job)
    }

    /// Adds a job, and forgets the oldest of those that have ended where there are too many.
    fileprivate mutating func add(
        _ job: TrainingJob, as request: TrainingJobs.Repeatable?, endedLimit: Int, epochLimit: Int
    ) {
        jobs.append(job)
        if let request { keys[request.key] = (request.digest, job) }
        var epochs = 0
        var ended = 0
        var forgotten: Set<String> = []
        for job in jobs.reversed() {
            guard job.isEnded else { continue }
            ended += 1
            epochs += job.summary.epochsDone
            if ended > endedLimit || epochs > epochLimit { forgotten.insert(job.id) }
        }
        if !forgotten.isEmpty { forget(forgotten) }
    }

    fileprivate mutating func forget(_ ids: Set<String>) {
        jobs.removeAll { ids.contains($0.id) }
        keys = keys.filter { !ids.contains($0.value.job.id) }
    }
}
