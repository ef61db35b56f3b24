import Inspection
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization

/// One training, calibration or feedback in the background: queued, running, or ended.
public final class TrainingJob: Sendable {
    private struct Inner {
        /// Without the history.
        var snapshot: Snapshot
        var history: [EpochReport] = []
        var observers: [@Sendable () -> Bool] = []
        /// The number of requests that need the job's result.
        var waiters = 0
        var isCancelled = false
        /// Whether the model is being published, so that the job cannot be cancelled any more.
        var isPublishing = false

        var isCancellable: Bool { !snapshot.isEnded && !isPublishing }

        /// Marks the job as cancelled; returns false if it is too late.
        mutating func cancel() -> Bool {
            guard isCancellable else { return false }
            isCancelled = true
            return true
        }

        /// The present snapshot, without the history.
        var current: Snapshot {
            var snapshot = snapshot
            snapshot.epochsDone = history.count
            snapshot.last = history.last
            if !snapshot.isEnded, let start = snapshot.start {
                snapshot.seconds = (ContinuousClock.now - start) / .seconds(1)
            }
            return snapshot
        }
    }

    /// What a job does.
    public enum Kind: String, Sendable {
        /// It fits weights.
        case training
        /// It learns the threshold of fitted weights.
        case calibration
        /// It learns the threshold of fitted weights again from marked rows.
        case feedback
    }

    /// The name of the job, which cannot be guessed.
    public let id: String
    /// What the job does.
    public let kind: Kind
    /// The model that the job makes a version of.
    public let model: String
    /// The number of epochs of a complete training.
    public let epochs: Int
    /// The name of the API key that started the job; nil on a server without keys.
    public let owner: String?
    /// What the data are; nil for a job of an earlier request, and for another protocol's.
    public let inspection: Inspection?
    private let inner: Mutex<Inner>

    init(
        id: String, _ kind: Kind = .training, model: String, epochs: Int, owner: String? = nil,
        inspection: Inspection? = nil
    ) {
        self.id = id
        self.kind = kind
        self.model = model
        self.epochs = epochs
        self.owner = owner
        self.inspection = inspection
        inner = Mutex(Inner(snapshot: Snapshot(createdAt: Software.now)))
    }

    /// Whether the job has ended.
    public var isEnded: Bool { inner.withLock { $0.snapshot.isEnded } }

    /// The present state, with the losses of all epochs.
    public var snapshot: Snapshot {
        inner.withLock { inner in
            var snapshot = inner.current
            // A buffer of its own: if it were shared, the training would copy all of it at the next epoch.
            snapshot.history = inner.history.withUnsafeBufferPointer { Array($0) }
            return snapshot
        }
    }

    /// The present state, without the losses of all epochs.
    public var summary: Snapshot { inner.withLock { $0.current } }

    /// Calls `body` after each change, on the thread that has made it, where it must not block. If the job
    /// has ended, calls it at once.
    /// - Parameter body: returns whether to call it again. It is called once after the end.
    public func observe(_ body: @escaping @Sendable () -> Bool) {
        let isEnded = inner.withLock { inner in
            if !inner.snapshot.isEnded { inner.observers.append(body) }
            return inner.snapshot.isEnded
        }
        if isEnded { _ = body() }
    }

    // MARK: Waiters

    /// Adds a waiter: a request that waits for the job's end, or one that has created the job for later
    /// requests, which is never removed.
    /// - Returns: false if the job is cancelled already.
    package func addWaiter() -> Bool {
        inner.withLock { inner in
            guard !inner.isCancelled else { return false }
            inner.waiters += 1
            return true
        }
    }

    /// Removes a waiter whose client has disconnected. Cancels the job after the last one.
    package func removeWaiter() {
        let isCancelled = inner.withLock { inner in
            inner.waiters -= 1
            return inner.waiters == 0 && inner.cancel()
        }
        if isCancelled { endIfQueued() }
    }

    /// Cancels the job: it ends at once if it is queued, and before the next batch if it runs.
    /// - Returns: false if it is too late: the job has ended, or its model is being published.
    @discardableResult
    public func cancel() -> Bool {
        let isCancelled = inner.withLock { $0.cancel() }
        if isCancelled { endIfQueued() }
        return isCancelled
    }

    /// Ends a cancelled job that is queued. One that runs is ended by the thread that trains it.
    private func endIfQueued() {
        let isQueued = inner.withLock { inner in
            if case .queued = inner.snapshot.state { true } else { false }
        }
        if isQueued { end(.cancelled) }
    }

    var isCancelled: Bool { inner.withLock { $0.isCancelled } }

    /// Whether the job has neither ended nor begun to publish its model.
    var isCancellable: Bool { inner.withLock { $0.isCancellable } }

    // MARK: Changes

    /// Sets the state to running; returns false if the job has ended.
    func begin() -> Bool {
        let hasBegun = inner.withLock { inner in
            guard case .queued = inner.snapshot.state else { return false }
            inner.snapshot.state = .running
            inner.snapshot.startedAt = Software.now
            inner.snapshot.start = .now
            return true
        }
        if hasBegun { callObservers() }
        return hasBegun
    }

    /// Adds an epoch that is done.
    func add(_ report: EpochReport) {
        inner.withLock { $0.history.append(report) }
        callObservers()
    }

    /// Makes cancelling impossible from now on; returns false if the job was cancelled before.
    func beginPublishing() -> Bool {
        inner.withLock { inner in
            inner.isPublishing = !inner.isCancelled
            return inner.isPublishing
        }
    }

    /// Sets the final state, unless the job has ended already.
    func end(_ state: State) {
        let isFirst = inner.withLock { inner in
            guard !inner.snapshot.isEnded else { return false }
            inner.snapshot.state = state
            inner.snapshot.endedAt = Software.now
            if let start = inner.snapshot.start {
                inner.snapshot.seconds = (ContinuousClock.now - start) / .seconds(1)
            }
            return true
        }
        if isFirst { callObservers() }
    }

    private func callObservers() {
        // Observers are taken out of the list while they are called, so that two threads never call the same
        // one at the same time: epochs and the end may come from different threads.
        let (observers, isEnded) = inner.withLock { inner in
            defer { inner.observers = [] }
            return (inner.observers, inner.snapshot.isEnded)
        }
        let kept = observers.filter { $0() }
        guard !isEnded, !kept.isEmpty else { return }
        let missedTheEnd = inner.withLock { inner in
            if !inner.snapshot.isEnded { inner.observers += kept }
            return inner.snapshot.isEnded
        }
        if missedTheEnd { for observer in kept { _ = observer() } }
    }
}
