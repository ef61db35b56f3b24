import DequeModule
import OrderedCollections
import TimeSeries

/// Work in the queue.
struct QueuedWork: Sendable {
    let job: TrainingJob
    let work: any PlannedWork

    /// Bytes of its data.
    var byteCount: Int { work.windows.series.values.count * MemoryLayout<Float>.stride }
}

/// The jobs of a server and the queue of those that have not begun.
struct TrainingQueue {
    /// The maximum number of epochs that ended jobs keep, which take about 40 MB.
    private static let maxEndedEpochs = 1_000_000

    /// All jobs that are known, by ID, the oldest first.
    var jobs: OrderedDictionary<String, TrainingJob> = [:]
    var waiting: Deque<QueuedWork> = []
    /// The number of threads that train.
    var running = 0
    var keys: [String: (requestDigest: String, job: TrainingJob)] = [:]
    var isClosed = false

    /// Finds the job of an earlier request with the same key, and adds a waiter to it. A cancelled job is
    /// forgotten, so that the client can retry: a lost connection may have cancelled it.
    /// - Returns: `repeated` or `conflict`; nil for an unknown key.
    mutating func find(_ key: IdempotencyKey) -> TrainingJobs.Submission? {
        guard let known = keys[key.value] else { return nil }
        guard known.requestDigest == key.requestDigest else { return .conflict }
        guard known.job.addWaiter() else {
            keys[key.value] = nil
            return nil
        }
        return .repeated(known.job)
    }

    /// Adds a job with a waiter, and forgets the oldest ended jobs beyond the limits.
    mutating func add(_ job: TrainingJob, as key: IdempotencyKey?, maxEndedJobs: Int) {
        jobs[job.id] = job
        if let key { keys[key.value] = (key.requestDigest, job) }
        var epochs = 0
        var ended = 0
        var forgotten: Set<String> = []
        for job in jobs.values.reversed() {
            guard job.isEnded else { continue }
            ended += 1
            epochs += job.summary.epochsDone
            if ended > maxEndedJobs || epochs > Self.maxEndedEpochs { forgotten.insert(job.id) }
        }
        if !forgotten.isEmpty { forget(forgotten) }
        _ = job.addWaiter()
    }

    /// The number of jobs of an owner that have not ended.
    func unendedCount(of owner: String) -> Int { jobs.values.count { $0.owner == owner && !$0.isEnded } }

    mutating func forget(_ ids: Set<String>) {
        jobs.removeAll { ids.contains($0.key) }
        keys = keys.filter { !ids.contains($0.value.job.id) }
    }
}
