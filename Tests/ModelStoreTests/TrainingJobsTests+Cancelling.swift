import APITesting
import Glibc
import ModelStore
import Testing
import Training

/// Cancelling jobs.
extension TrainingJobsTests {
    @Test func cancelledJobsMakeNoModel() throws {
        let jobs = jobs { $0.maxQueuedTrainings = 2 }
        let running = try submit(jobs, epochs: 100_000)
        let waiting = try submit(jobs)
        waitUntilRunning(running)
        #expect(jobs.forget(running) == false)
        waiting.cancel()
        guard case .cancelled = waiting.snapshot.state else {
            throw HarnessError("a cancelled job in the queue must end at once")
        }
        // Cancelled jobs take no place in the queue.
        _ = try submit(jobs, epochs: 100_000).cancel()
        _ = try submit(jobs, epochs: 100_000).cancel()
        _ = try submit(jobs, epochs: 100_000).cancel()
        running.cancel()
        guard case .cancelled = try wait(running).state else {
            throw HarnessError("a cancelled job must end as cancelled")
        }
        #expect(try registry.versions("m") == nil)
    }

    @Test func aJobIsCancelledWithItsLastWaiter() throws {
        let jobs = jobs()
        let job = try submit(jobs, epochs: 100_000)
        waitUntilRunning(job)
        // A second waiter, beside the request that has submitted the job.
        #expect(job.addWaiter())
        job.removeWaiter()
        usleep(20_000)
        #expect(!job.isEnded)
        job.removeWaiter()
        guard case .cancelled = try wait(job).state else { throw HarnessError("expected a cancelled job") }
        #expect(!job.addWaiter())
    }

    @Test func aCancelledRequestCanBeRetried() throws {
        let jobs = jobs()
        let key = IdempotencyKey(value: "k", requestDigest: "1")
        let first = try submit(jobs, epochs: 100_000, as: key)
        first.removeWaiter()
        let second = try submit(jobs, epochs: 2, as: key)
        #expect(second !== first)
        guard case .succeeded = try wait(second).state else {
            throw HarnessError("expected a job that succeeds")
        }
    }

    @Test func aCancelledJobNeverPublishesAModel() throws {
        let jobs = jobs()
        var outcomes: Set<String> = []
        for round in 0..<200 {
            let before = try registry.versions("m")?.numbers.count ?? 0
            let job = try submit(jobs, epochs: 1)
            // The more the longer, whatever else the machine does: 0 to 40 ms.
            usleep(UInt32(round * round))
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
        #expect(outcomes.count == 2, "some jobs must be cancelled in time and some too late")
    }
}
