import DequeModule
import Dispatch
import Synchronization

/// A bounded queue of work. An overloaded server refuses requests at once instead of accumulating them.
///
/// Trainings have their own queue, ``TrainingJobs``, because a training of minutes must not delay a
/// prediction of microseconds.
package final class WorkQueue: Sendable {
    /// A unit of work.
    package typealias Work = @Sendable () -> Void

    private struct Item {
        let work: Work
        let bytes: Int
    }

    private struct State {
        var waiting: Deque<Item> = []
        var waitingBytes = 0
        var running = 0
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let width: Int
    private let maxWaiting: Int
    private let maxWaitingBytes: Int
    private let blocked: @Sendable () -> Int

    /// - Parameters:
    ///   - label: the queue's name in debuggers.
    ///   - width: the maximum number of units that run at the same time.
    ///   - maxWaiting: the maximum number of units that wait.
    ///   - maxWaitingBytes: the maximum number of bytes that waiting units hold.
    ///   - blocked: returns the number of running units that a file system blocks without end. Other units
    ///     take their places.
    package init(
        label: String, width: Int, maxWaiting: Int, maxWaitingBytes: Int,
        blocked: @escaping @Sendable () -> Int = { 0 }
    ) {
        queue = DispatchQueue(label: label, qos: .userInitiated, attributes: .concurrent)
        self.width = width
        self.maxWaiting = maxWaiting
        self.maxWaitingBytes = maxWaitingBytes
        self.blocked = blocked
    }

    /// The number of units that wait.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs `work` as soon as fewer than `width` units run.
    /// - Parameter bytes: the number of bytes that the work holds while it waits.
    /// - Returns: false if the queue is full; the work is not run then.
    package func submit(bytes: Int, _ work: @escaping Work) -> Bool {
        let maxRunning = width + blocked()
        let (isAccepted, startsWorker) = state.withLock { state in
            let startsWorker = state.running < maxRunning
            guard
                startsWorker
                    || state.waiting.count < maxWaiting && state.waitingBytes + bytes <= maxWaitingBytes
            else { return (false, false) }
            if startsWorker { state.running += 1 }
            state.waiting.append(Item(work: work, bytes: bytes))
            state.waitingBytes += bytes
            return (true, startsWorker)
        }
        if startsWorker { queue.async { self.runUntilEmpty() } }
        return isAccepted
    }

    private func runUntilEmpty() {
        while let work = next() { work() }
    }

    private func next() -> Work? {
        let maxRunning = width + blocked()
        return state.withLock { state in
            guard state.running <= maxRunning, let item = state.waiting.popFirst() else {
                state.running -= 1
                return nil
            }
            state.waitingBytes -= item.bytes
            return item.work
        }
    }
}
