import Dispatch
import Synchronization

/// Work that waits its turn in a bounded line, so that overload is answered at once instead of piling up.
///
/// Trainings have a line of their own, ``TrainingJobs``: one that takes minutes must not stand before a prediction that
/// takes microseconds.
public final class WorkQueue: Sendable {
    /// A piece of work.
    public typealias Work = @Sendable () -> Void

    private struct Waiting {
        let work: Work
        let bytes: Int
    }

    private struct State {
        var waiting: [Waiting] = []
        var waitingBytes = 0
        /// Taken from the front of `waiting`; compacted now and then.
        var head = 0
        var running = 0

        mutating func append(_ work: @escaping Work, _ bytes: Int) {
            waiting.append(Waiting(work: work, bytes: bytes))
            waitingBytes += bytes
        }
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let width: Int
    private let limit: Int
    private let byteLimit: Int

    /// - Parameters:
    ///   - label: for debuggers.
    ///   - width: how many run at once.
    ///   - limit: how many wait at most.
    ///   - byteLimit: how many bytes wait with them at most.
    public init(label: String, width: Int, limit: Int, byteLimit: Int) {
        queue = DispatchQueue(label: label, qos: .userInitiated, attributes: .concurrent)
        self.width = width
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// How many wait.
    public var waitingCount: Int { state.withLock { $0.waiting.count - $0.head } }

    /// Runs `work` when its turn comes.
    /// - Parameter bytes: what it holds on to while it waits.
    /// - Returns: false, without running it, when the line is full.
    public func submit(bytes: Int, _ work: @escaping Work) -> Bool {
        let (isAccepted, startsWorker) = state.withLock { state in
            if state.running < width {
                state.running += 1
                state.append(work, bytes)
                return (true, true)
            }
            guard state.waiting.count - state.head < limit, state.waitingBytes + bytes <= byteLimit else {
                return (false, false)
            }
            state.append(work, bytes)
            return (true, false)
        }
        if startsWorker { queue.async { self.runUntilEmpty() } }
        return isAccepted
    }

    private func runUntilEmpty() {
        while let work = next() { work() }
    }

    private func next() -> Work? {
        state.withLock { state in
            guard state.head < state.waiting.count else {
                state.waiting.removeAll(keepingCapacity: true)
                state.head = 0
                state.running -= 1
                return nil
            }
            let next = state.waiting[state.head]
            state.waiting[state.head] = Waiting(work: {}, bytes: 0)
            state.waitingBytes -= next.bytes
            state.head += 1
            if state.head > 64, state.head * 2 > state.waiting.count {
                state.waiting.removeFirst(state.head)
                state.head = 0
            }
            return next.work
        }
    }
}
