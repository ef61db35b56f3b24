import APITesting
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import Testing
import Training

/// Trainings wait, run, and end in every way that there is.
@Suite struct TrainingJobsTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = try Example.registry(folder.path)
    }

    private func jobs(_ change: (inout RuntimeLimits) -> Void = { _ in }) -> TrainingJobs {
        var limits = RuntimeLimits()
        change(&limits)
        return TrainingJobs(registry: registry, limits: limits)
    }

    private func submit(
        _ jobs: TrainingJobs, epochs: Int = 2, as request: TrainingJobs.Repeatable? = nil,
        _ change: (inout TrainingOptions) -> Void = { _ in }
    ) throws -> TrainingJob {
        let specification = Example.specification {
            $0.epochs = epochs
            change(&$0)
        }
        switch jobs.submit("m", specification, on: try Example.windows(), as: request) {
        case .accepted(let job), .repeated(let job): return job
        case .conflict: throw HarnessError("conflict")
        case .full: throw HarnessError("full")
        case .closed: throw HarnessError("closed")
        }
    }

    private func wait(_ job: TrainingJob) throws -> TrainingJob.Snapshot {
        for _ in 0..<60_000 {
            let snapshot = job.snapshot
            if snapshot.isEnded { return snapshot }
            usleep(1000)
        }
        throw HarnessError("it does not end")
    }

    private func waitUntilRunning(_ job: TrainingJob) {
        while job.summary.epochsDone == 0, !job.isEnded { usleep(500) }
    }

    @Test func aJobTellsOfItself() throws {
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

    @Test func cancellingLeavesNoModel() throws {
        let jobs = jobs { $0.waitingTrainings = 2 }
        let running = try submit(jobs, epochs: 100_000)
        let waiting = try submit(jobs)
        waitUntilRunning(running)
        #expect(jobs.forget(running) == false)
        waiting.cancel()
        guard case .cancelled = waiting.snapshot.state else { throw HarnessError("at once") }
        // Its place is free.
        _ = try submit(jobs, epochs: 100_000).cancel()
        _ = try submit(jobs, epochs: 100_000).cancel()
        _ = try submit(jobs, epochs: 100_000).cancel()
        running.cancel()
        guard case .cancelled = try wait(running).state else { throw HarnessError("soon") }
        #expect(try registry.versions("m") == nil)
    }

    @Test func failuresAreTold() throws {
        let wild = Example.specification(.autoencoder(units: [2], activation: .linear)) {
            $0.epochs = 100
            $0.learningRate = 1e6
        }
        guard case .accepted(let diverging) = jobs().submit("m", wild, on: try Example.windows()),
            case .failed(.training(.training(.diverged))) = try wait(diverging).state
        else { throw HarnessError("it has not diverged") }
        let full = try Example.registry(try TemporaryFolder().path) { $0.modelVersions = 0 }
        let job = try submit(TrainingJobs(registry: full))
        guard case .failed(.registry(.full)) = try wait(job).state else { throw HarnessError("full") }
    }

    @Test func theLineIsBounded() throws {
        let jobs = jobs { $0.waitingTrainings = 1 }
        let running = try submit(jobs, epochs: 100_000)
        waitUntilRunning(running)
        let waiting = try submit(jobs)
        #expect(throws: HarnessError.self) { try submit(jobs) }
        jobs.close()
        #expect(throws: HarnessError.self) { try submit(jobs) }
        guard case .cancelled = waiting.snapshot.state else { throw HarnessError("what waits is cancelled") }
        #expect(!running.isEnded, "what runs may end")
        jobs.finish(within: 0.05)
        guard case .cancelled = running.snapshot.state else { throw HarnessError("but not for ever") }
    }

    @Test func severalMayRunAtOnce() throws {
        let jobs = jobs { $0.concurrentTrainings = 2 }
        let both = [try submit(jobs, epochs: 100_000), try submit(jobs, epochs: 100_000)]
        for job in both { waitUntilRunning(job) }
        #expect(both.allSatisfy { !$0.isEnded })
        for job in both { job.cancel() }
        for job in both { _ = try wait(job) }
    }

    @Test func aRepeatedRequestIsOneJob() throws {
        let jobs = jobs()
        let request = TrainingJobs.Repeatable(key: "k", digest: "1")
        let first = try submit(jobs, as: request)
        #expect(try submit(jobs, as: request) === first)
        _ = try wait(first)
        #expect(try submit(jobs, as: request) === first, "after its end too")
        #expect(throws: HarnessError.self) { try submit(jobs, as: .init(key: "k", digest: "2")) }
        #expect(try submit(jobs, as: .init(key: "other", digest: "1")) !== first)
        #expect(jobs.forget(first))
        #expect(try submit(jobs, as: request) !== first)
    }

    @Test func whatNobodyWantsIsCancelled() throws {
        let jobs = jobs()
        let job = try submit(jobs, epochs: 100_000)
        waitUntilRunning(job)
        // Beside whoever has asked for it.
        #expect(job.attach())
        job.detach()
        usleep(20_000)
        #expect(!job.isEnded)
        job.detach()
        guard case .cancelled = try wait(job).state else { throw HarnessError("it goes on") }
        #expect(!job.attach())
    }

    @Test func aCancelledRequestMayBeTriedAgain() throws {
        let jobs = jobs()
        let request = TrainingJobs.Repeatable(key: "k", digest: "1")
        let first = try submit(jobs, epochs: 100_000, as: request)
        first.detach()
        let second = try submit(jobs, epochs: 2, as: request)
        #expect(second !== first)
        guard case .succeeded = try wait(second).state else { throw HarnessError("no model") }
    }

    /// Whoever was told that a training is cancelled never finds a model of it.
    @Test func cancellingIsInTimeOrRefused() throws {
        let jobs = jobs()
        var outcomes: Set<String> = []
        for round in 0..<200 {
            let before = try registry.versions("m")?.numbers.count ?? 0
            let job = try submit(jobs, epochs: 1)
            usleep(UInt32(round * 30))
            let isCancelled = job.cancel()
            let end = try wait(job)
            let count = try registry.versions("m")?.numbers.count ?? 0
            if case .cancelled = end.state {
                #expect(isCancelled && count == before)
                outcomes.insert("cancelled")
            } else {
                #expect(!isCancelled && count == before + 1)
                outcomes.insert("succeeded")
            }
        }
        #expect(outcomes.count == 2, "both have happened")
    }

    @Test func observersHearOfTheEndOnce() throws {
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

    @Test func oldJobsAreForgotten() throws {
        let jobs = jobs { $0.endedJobs = 2 }
        let all = try (0..<5).map { _ in
            let job = try submit(jobs)
            _ = try wait(job)
            return job
        }
        #expect(jobs.all.map(\.id) == [all[4], all[3], all[2]].map(\.id))
    }

    @Test func trainingGoesOnFromAVersion() throws {
        let jobs = jobs()
        _ = try wait(submit(jobs, epochs: 20) { $0.learningRate = 0.01 })
        let base = try #require(try registry.entry("m"))
        var options = TrainingOptions()
        options.epochs = 1
        let warm = TrainingSpecification(goingOnFrom: base, options: options)
        guard case .accepted(let job) = jobs.submit("m", warm, on: try Example.windows()),
            case .succeeded(let version) = try wait(job).state
        else { throw HarnessError("no model") }
        #expect(version.version == 2)
        #expect(version.model.training.warmStart == 1)
        #expect(version.model.scaler == base.trained.description.scaler)
        let last = try #require(base.trained.description.training.history.last?.loss)
        let first = try #require(version.model.training.history.first?.loss)
        #expect(first <= last, "the first epoch begins where the last one was")
    }
}

/// Counts from several threads.
private final class Counter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}
