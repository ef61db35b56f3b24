import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization

/// One training, from the moment that it was asked for: queued, running, ended.
public final class TrainingJob: Sendable {
    /// How far it is.
    public enum State: Sendable {
        /// It waits for its turn.
        case queued
        /// It trains.
        case running
        /// The version is published.
        case succeeded(ModelRegistry.Description)
        /// There is no model.
        case failed(Failure)
        /// Somebody has ended it; there is no model.
        case cancelled
    }

    /// Why there is no model.
    public enum Failure: Error, Sendable {
        /// Training failed.
        case training(TrainingFailure)
        /// What was trained could not be published.
        case registry(RegistryError)
    }

    /// A job at one moment.
    public struct Snapshot: Sendable {
        /// How far it is.
        public fileprivate(set) var state = State.queued
        /// How many epochs are done.
        public fileprivate(set) var epochsDone = 0
        /// The last of them.
        public fileprivate(set) var last: EpochReport?
        /// All of them, if they were asked for.
        public fileprivate(set) var history: [EpochReport] = []
        /// When it was asked for, RFC 3339 in UTC.
        public let createdAt: String
        /// When it began.
        public fileprivate(set) var startedAt: String?
        /// When it ended.
        public fileprivate(set) var endedAt: String?
        /// Seconds that it has been running.
        public fileprivate(set) var seconds = 0.0
        fileprivate var start: ContinuousClock.Instant?

        /// Whether it has ended.
        public var isEnded: Bool {
            switch state {
            case .queued, .running: false
            case .succeeded, .failed, .cancelled: true
            }
        }

        /// The mean time of an epoch so far, in seconds; nil before the first is done.
        public var secondsPerEpoch: Double? { epochsDone > 0 ? seconds / Double(epochsDone) : nil }
    }

    private struct Inner {
        /// But for the history.
        var snapshot: Snapshot
        var history: [EpochReport] = []
        var observers: [@Sendable () -> Bool] = []
        /// How many want it.
        var interest = 0
        var isCancelled = false
        /// Its model is being published.
        var isCommitted = false

        /// Whether it is cancelled now, which it can't be once it is over.
        mutating func cancel() -> Bool {
            guard !snapshot.isEnded, !isCommitted else { return false }
            isCancelled = true
            return true
        }

        /// How it is now, but for the history.
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

    /// A name that can't be guessed.
    public let id: String
    /// The model that it makes a version of.
    public let model: String
    /// The epochs that were asked for.
    public let epochs: Int
    private let inner: Mutex<Inner>

    init(id: String, model: String, epochs: Int) {
        self.id = id
        self.model = model
        self.epochs = epochs
        inner = Mutex(Inner(snapshot: Snapshot(createdAt: Software.now)))
    }

    /// Whether it has ended.
    public var isEnded: Bool { inner.withLock { $0.snapshot.isEnded } }

    /// How it is now, with the losses of all epochs.
    public var snapshot: Snapshot {
        inner.withLock { inner in
            var snapshot = inner.current
            // A buffer of its own: sharing one would have the training copy all of it at the next epoch.
            snapshot.history = inner.history.withUnsafeBufferPointer { Array($0) }
            return snapshot
        }
    }

    /// How it is now, without the losses of all epochs.
    public var summary: Snapshot { inner.withLock { $0.current } }

    /// Calls `body` after each change, on the thread that has made it, where it must not block; at once if the job has
    /// ended. It says whether it wants to be called again.
    public func observe(_ body: @escaping @Sendable () -> Bool) {
        let isEnded = inner.withLock { inner in
            if !inner.snapshot.isEnded { inner.observers.append(body) }
            return inner.snapshot.isEnded
        }
        if isEnded { _ = body() }
    }

    // MARK: Who wants it

    /// Somebody wants the job: for good if it can be asked about later, or while a request waits for its end. False if it is
    /// cancelled already.
    package func attach() -> Bool {
        inner.withLock { inner in
            guard !inner.isCancelled else { return false }
            inner.interest += 1
            return true
        }
    }

    /// One of those whose requests wait has gone away. Cancels the job if nobody else wants it.
    package func detach() {
        end(
            inner.withLock { inner in
                inner.interest -= 1
                return inner.interest == 0 && inner.cancel()
            })
    }

    /// Has it end without a model: at once if it waits, before the next batch if it runs.
    /// - Returns: false if it is too late for that: it has ended, or its model is being published.
    @discardableResult
    public func cancel() -> Bool {
        let isCancelled = inner.withLock { $0.cancel() }
        end(isCancelled)
        return isCancelled
    }

    /// What waits ends where it is cancelled, what runs where it runs.
    private func end(_ isCancelled: Bool) {
        guard isCancelled else { return }
        let isQueued = inner.withLock { inner in
            if case .queued = inner.snapshot.state { true } else { false }
        }
        if isQueued { end(.cancelled) }
    }

    var isCancelled: Bool { inner.withLock { $0.isCancelled } }

    /// From now on it can't be cancelled any more; false if it has been.
    func commit() -> Bool {
        inner.withLock { inner in
            inner.isCommitted = !inner.isCancelled
            return inner.isCommitted
        }
    }

    /// Whether it has ended, or is about to and can't be cancelled any more.
    var isOver: Bool { inner.withLock { $0.isCommitted || $0.snapshot.isEnded } }

    // MARK: What happens to it

    /// Its turn has come; false if it has ended before.
    func begin() -> Bool {
        let hasBegun = inner.withLock { inner in
            guard case .queued = inner.snapshot.state else { return false }
            inner.snapshot.state = .running
            inner.snapshot.startedAt = Software.now
            inner.snapshot.start = .now
            return true
        }
        if hasBegun { changed() }
        return hasBegun
    }

    /// An epoch is done.
    func add(_ report: EpochReport) {
        inner.withLock { $0.history.append(report) }
        changed()
    }

    /// It has ended; only the first end counts.
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
        if isFirst { changed() }
    }

    private func changed() {
        // Out of their place while they are called, which may be by two threads: the end comes from another than epochs.
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
