import APITesting
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import Testing
import Training

@Suite("Training jobs") struct TrainingJobsTests {
    private let folder: TemporaryFolder
    let registry: ModelRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = try Example.registry(folder.path)
    }

    func jobs(_ change: (inout RuntimeLimits) -> Void = { _ in }) -> TrainingJobs {
        var limits = RuntimeLimits()
        change(&limits)
        return TrainingJobs(registry: registry, limits: limits)
    }

    func submit(
        _ jobs: TrainingJobs, epochs: Int = 2, as key: IdempotencyKey? = nil,
        _ change: (inout TrainingOptions) -> Void = { _ in }
    ) throws -> TrainingJob {
        let specification = Example.specification {
            $0.epochs = epochs
            change(&$0)
        }
        switch jobs.submit("m", try PlannedTraining(specification, on: Example.windows()), as: key) {
        case .accepted(let job), .repeated(let job): return job
        case .conflict: throw HarnessError("conflict")
        case .full, .ownerIsFull: throw HarnessError("full")
        case .closed: throw HarnessError("closed")
        }
    }

    func wait(_ job: TrainingJob) throws -> TrainingJob.Snapshot {
        for _ in 0..<60_000 {
            let snapshot = job.snapshot
            if snapshot.isEnded { return snapshot }
            usleep(1000)
        }
        throw HarnessError("the job has not ended within a minute")
    }

    func waitUntilRunning(_ job: TrainingJob) {
        while job.summary.epochsDone == 0, !job.isEnded { usleep(500) }
    }

    @Test func aJobReportsItsStateAndHistory() throws {
        let jobs = jobs()
        let job = try submit(jobs, epochs: 5)
        let end = try wait(job)
        guard case .succeeded(let version) = end.state else { throw HarnessError("\(end.state)") }
        #expect(version.version == 1)
        #expect(end.history.map(\.epoch) == [1, 2, 3, 4, 5])
        #expect(end.startedAt != nil && end.endedAt != nil)
        #expect(end.secondsPerEpoch.map { $0 > 0 } == true)
        #expect(jobs[job.id] === job)
        #expect(jobs.all.map(\.id) == [job.id])
        #expect(try registry.entry("m")?.version == 1)
        #expect(jobs.forget(job))
        #expect(jobs[job.id] == nil)
    }

    @Test func aJobReportsWhyItFailed() throws {
        let wild = Example.specification(.autoencoder(units: [2], activation: .linear)) {
            $0.epochs = 100
            $0.learningRate = 1e6
        }
        let training = try PlannedTraining(wild, on: Example.windows())
        guard case .accepted(let diverging) = jobs().submit("m", training),
            case .failed(.training(.training(.diverged))) = try wait(diverging).state
        else { throw HarnessError("expected a training that has diverged") }
        let full = try Example.registry(try TemporaryFolder().path) { $0.maxModelVersions = 0 }
        let job = try submit(TrainingJobs(registry: full))
        guard case .failed(.registry(.full)) = try wait(job).state else {
            throw HarnessError("expected a job that fails because the registry is full")
        }
    }

    @Test func theQueueIsBounded() throws {
        let jobs = jobs { $0.maxQueuedTrainings = 1 }
        let running = try submit(jobs, epochs: 100_000)
        waitUntilRunning(running)
        let waiting = try submit(jobs)
        #expect(throws: HarnessError.self) { try submit(jobs) }
        jobs.close()
        #expect(throws: HarnessError.self) { try submit(jobs) }
        guard case .cancelled = waiting.snapshot.state else {
            throw HarnessError("close() must cancel queued jobs")
        }
        #expect(!running.isEnded, "close() must not cancel running jobs")
        jobs.drain(timeout: 0.05)
        guard case .cancelled = running.snapshot.state else {
            throw HarnessError("drain() must cancel running jobs after the timeout")
        }
    }

    @Test func jobsRunConcurrentlyUpToTheLimit() throws {
        let jobs = jobs { $0.maxConcurrentTrainings = 2 }
        let both = [try submit(jobs, epochs: 100_000), try submit(jobs, epochs: 100_000)]
        for job in both { waitUntilRunning(job) }
        #expect(both.allSatisfy { !$0.isEnded })
        for job in both { job.cancel() }
        for job in both { _ = try wait(job) }
    }

    @Test func requestsWithOneKeyShareAJob() throws {
        let jobs = jobs()
        let key = IdempotencyKey(value: "k", requestDigest: "1")
        let first = try submit(jobs, as: key)
        #expect(try submit(jobs, as: key) === first)
        _ = try wait(first)
        #expect(try submit(jobs, as: key) === first, "the job is found after its end too")
        #expect(throws: HarnessError.self) { try submit(jobs, as: .init(value: "k", requestDigest: "2")) }
        #expect(try submit(jobs, as: .init(value: "other", requestDigest: "1")) !== first)
        #expect(jobs.forget(first))
        #expect(try submit(jobs, as: key) !== first)
    }

    @Test func observersAreCalledOnceAfterTheEnd() throws {
        let jobs = jobs()
        let job = try submit(jobs, epochs: 3)
        let ends = Counter()
        job.observe {
            if job.isEnded { ends.add() }
            return true
        }
        _ = try wait(job)
        job.observe {
            ends.add()
            return true
        }
        usleep(20_000)
        #expect(ends.value == 2)
    }

    @Test func theOldestEndedJobsAreForgotten() throws {
        let jobs = jobs { $0.maxEndedJobs = 2 }
        let all = try (0..<5).map { _ in
            let job = try submit(jobs)
            _ = try wait(job)
            return job
        }
        #expect(jobs.all.map(\.id) == [all[4], all[3], all[2]].map(\.id))
    }

    @Test func aWarmStartContinuesWithTheWeightsAndScalerOfAVersion() throws {
        let jobs = jobs()
        _ = try wait(submit(jobs, epochs: 20) { $0.learningRate = 0.01 })
        let base = try #require(try registry.entry("m"))
        var options = TrainingOptions()
        options.epochs = 1
        let warm = TrainingSpecification(warmStart: base, options: options)
        guard case .accepted(let job) = jobs.submit("m", try PlannedTraining(warm, on: Example.windows())),
            case .succeeded(let version) = try wait(job).state
        else { throw HarnessError("expected a job that succeeds") }
        #expect(version.version == 2)
        #expect(version.model.training.warmStart == 1)
        #expect(version.model.scaler == base.trained.description.scaler)
        let last = try #require(base.trained.description.training.history.last?.loss)
        let first = try #require(version.model.training.history.first?.loss)
        #expect(first <= last, "the first loss must not exceed the last one of the base version")
    }
}

/// A counter for several threads.
private final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}
