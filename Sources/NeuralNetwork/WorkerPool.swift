import CLinux
import Dispatch
import Glibc
import Synchronization

/// Threads that share out one piece of work after the other with the thread that calls: those of a training.
///
/// They are not Dispatch's, because a training has to give way to predictions: it runs on threads of a lower priority,
/// and on Linux a thread that was made less urgent can't be made urgent again. They inherit the priority of the thread
/// that makes the team. What is split, and how, never depends on how many they are: results must not.
final class Team: Sendable {
    private let helpers: Int
    private let shared = Shared()

    /// - Parameter helpers: beside the thread that calls; without a number, one for each other core.
    init(helpers: Int? = nil) {
        self.helpers = max(0, helpers ?? Int(linux_usable_cores()) - 1)
        for _ in 0..<self.helpers {
            let shared = shared
            startThread { shared.help() }
        }
    }

    deinit { shared.stop(helpers) }

    /// Runs `body(0)` to `body(count - 1)` and returns when all are done. One call at a time.
    func perform(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, helpers > 0 else { return (0..<count).forEach(body) }
        withoutActuallyEscaping(body) { body in
            // The callers' bodies write to places of their own, told apart by the index.
            nonisolated(unsafe) let body = body
            shared.run(count, waking: min(helpers, count - 1)) { body($0) }
        }
    }
}

/// What a team's threads see.
private final class Shared: Sendable {
    /// The job in hand: written before `claims` offers it, read by who has claimed a part, and so not after its end.
    private nonisolated(unsafe) var job: @Sendable (Int) -> Void = { _ in }
    /// The parts that are left, `next` and `count` in 32 bits each: one number, so that nobody claims a part of a job
    /// that is over.
    private let claims = Atomic<UInt64>(0)
    private let done = Atomic<Int>(0)
    /// Helpers that have to be woken.
    private let sleeping = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let work = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    func run(_ count: Int, waking helpers: Int, _ body: @escaping @Sendable (Int) -> Void) {
        job = body
        done.store(0, ordering: .relaxed)
        // Either a helper that goes to sleep sees the parts, or it is seen sleeping here.
        claims.store(UInt64(count), ordering: .sequentiallyConsistent)
        for _ in 0..<min(helpers, sleeping.load(ordering: .sequentiallyConsistent)) { work.signal() }
        takeParts()
        _ = spin(until: { done.load(ordering: .acquiring) == count })
        finished.wait()
        job = { _ in }
    }

    func help() {
        while !isStopped.load(ordering: .acquiring) {
            takeParts()
            guard !spin(until: { hasParts }) else { continue }
            sleeping.add(1, ordering: .sequentiallyConsistent)
            if !hasParts { work.wait() }
            sleeping.subtract(1, ordering: .sequentiallyConsistent)
        }
    }

    func stop(_ helpers: Int) {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        for _ in 0..<helpers { work.signal() }
    }

    private var hasParts: Bool {
        let seen = claims.load(ordering: .sequentiallyConsistent)
        return seen >> 32 < seen & 0xFFFF_FFFF
    }

    /// Looks for a moment, some 50 µs, whether something happens: the next part of a small batch comes sooner than a
    /// sleeping thread wakes up. Whoever else wants the core gets it.
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

/// Starts a thread of its own for long work.
/// - Parameter givesWay: whether it, and the threads that it starts, leave a core at once to whoever else wants it. They
///   get the least share, and slices that are longer than anybody's: since 6.12 Linux lets a thread with a shorter slice
///   interrupt them when it wakes up. Without that, p99 of a prediction while a model trains was 2.5 ms, with it 0.5.
package func startThread(givesWay: Bool = false, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let body: @Sendable () -> Void
        let givesWay: Bool
        init(_ body: @escaping @Sendable () -> Void, _ givesWay: Bool) {
            self.body = body
            self.givesWay = givesWay
        }
    }
    let start = Unmanaged.passRetained(Start(body, givesWay))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            if start.givesWay {
                // On Linux both are the thread's own. A kernel that refuses leaves it as urgent as the others.
                _ = linux_set_niceness(19, 100_000_000)
            }
            start.body()
            return nil
        }, start.toOpaque())
    guard status == 0 else {
        // No thread is to be had: better late than never.
        start.release()
        return DispatchQueue.global().async(execute: body)
    }
    pthread_detach(thread)
}
