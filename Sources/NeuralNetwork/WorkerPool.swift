import CLinux
import Dispatch
import Glibc
import Synchronization

/// Threads that run the parts of one job after the other together with the calling thread. Each training has
/// its own pool.
///
/// The pool does not use Dispatch because a training must yield to predictions: it runs on low-priority
/// threads, and on Linux a thread whose priority was lowered cannot raise it again. Workers inherit the
/// priority of the thread that makes the pool. How a job is split must never depend on the number of workers,
/// because results must not.
final class WorkerPool: Sendable {
    private let workers: Int
    private let queue = PartQueue()

    /// Starts the workers.
    /// - Parameter workers: threads in addition to the calling one; by default, one less than there are
    ///   usable cores.
    init(workers: Int? = nil) {
        self.workers = max(0, workers ?? Int(linux_usable_cores()) - 1)
        for _ in 0..<self.workers {
            let queue = queue
            startThread { queue.runWorker() }
        }
    }

    deinit { queue.stop(workers) }

    /// Runs `body(0)` to `body(count - 1)` and returns when all calls have returned. One thread may call this
    /// at a time.
    func perform(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, workers > 0 else { return (0..<count).forEach(body) }
        withoutActuallyEscaping(body) { body in
            // Safe because each index writes to its own memory.
            nonisolated(unsafe) let body = body
            queue.run(count, waking: min(workers, count - 1)) { body($0) }
        }
    }
}

/// The job of a pool and its parts, shared by all threads of the pool.
private final class PartQueue: Sendable {
    /// The current job. It is written before `claims` offers its parts and read only by a thread that has
    /// claimed a part, so never after the job has ended.
    private nonisolated(unsafe) var job: @Sendable (Int) -> Void = { _ in }
    /// The next part and the number of parts, 32 bits each. They are one number so that no thread claims a
    /// part of a job that has ended.
    private let claims = Atomic<UInt64>(0)
    /// Parts of the current job that are done.
    private let done = Atomic<Int>(0)
    /// Workers that wait on `work`.
    private let sleeping = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let work = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    /// Runs a job on this thread and on up to `workers` others.
    func run(_ count: Int, waking workers: Int, _ body: @escaping @Sendable (Int) -> Void) {
        job = body
        done.store(0, ordering: .relaxed)
        // Sequentially consistent: a worker that is about to sleep either sees the parts, or is counted as
        // sleeping here.
        claims.store(UInt64(count), ordering: .sequentiallyConsistent)
        for _ in 0..<min(workers, sleeping.load(ordering: .sequentiallyConsistent)) { work.signal() }
        takeParts()
        _ = spin(until: { done.load(ordering: .acquiring) == count })
        finished.wait()
        job = { _ in }
    }

    /// The loop of a worker: runs parts until the pool is stopped.
    func runWorker() {
        while !isStopped.load(ordering: .acquiring) {
            takeParts()
            guard !spin(until: { hasParts }) else { continue }
            sleeping.add(1, ordering: .sequentiallyConsistent)
            if !hasParts { work.wait() }
            sleeping.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    func stop(_ workers: Int) {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        for _ in 0..<workers { work.signal() }
    }

    private var hasParts: Bool {
        let seen = claims.load(ordering: .sequentiallyConsistent)
        return seen >> 32 < seen & 0xFFFF_FFFF
    }

    /// Polls a condition for about 50 µs and returns whether it became true: the next part of a small batch
    /// comes sooner than a sleeping thread wakes up. Yields the core to other threads between two polls.
    private func spin(until condition: () -> Bool) -> Bool {
        for _ in 0..<200 {
            if condition() { return true }
            sched_yield()
        }
        return false
    }

    private func takeParts() {
        while let (part, count) = claim() {
            job(part)
            if done.add(1, ordering: .acquiringAndReleasing).newValue == count { finished.signal() }
        }
    }

    private func claim() -> (part: Int, count: Int)? {
        var seen = claims.load(ordering: .acquiring)
        while true {
            let (next, count) = (seen >> 32, seen & 0xFFFF_FFFF)
            guard next < count else { return nil }
            let result = claims.compareExchange(
                expected: seen, desired: (next + 1) << 32 | count, ordering: .acquiringAndReleasing)
            if result.exchanged { return (Int(next), Int(count)) }
            seen = result.original
        }
    }
}
