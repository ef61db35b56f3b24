import Dispatch
import HTTP1
import JSON
import Synchronization
import Training

/// A job's progress as server-sent events (HTML Living Standard, 9.2), for one client.
///
/// Each epoch is an event whose id is the epoch's number. If epochs are faster than the client or than the
/// poll interval, events are left out evenly; the job and the result have all losses. A client that
/// reconnects with `Last-Event-ID` gets the events that it has missed. A stream whose API key is revoked or
/// expires ends within a second or two; the job goes on.
///
/// All streams share one serial queue, which owns their state.
final class JobEvents: @unchecked Sendable {
    private static let queue = DispatchQueue(label: "reprise.events")
    /// The minimum time between two reads of a job's state.
    private static let pollInterval = DispatchTimeInterval.milliseconds(50)
    /// The maximum number of events that are sent at once.
    private static let maxEvents = 100
    /// Seconds without an event after which a comment is sent. Proxies and browsers close idle connections.
    private static let heartbeatInterval = 15.0
    /// The time between two checks of the API key.
    private static let checkInterval = DispatchTimeInterval.seconds(1)

    private let job: TrainingJob
    private let writer: BodyWriter
    private let trainings: Trainings
    private let permission: Permission
    /// Whether the result has the losses of all epochs.
    private let hasHistory: Bool
    private let isScheduled = Atomic(false)
    // The following properties are accessed on the queue only.
    private var lastSentEpoch: Int
    /// Whether the writer's buffer is full.
    private var isBlocked = false
    private var isFinished = false
    private var lastWrite = DispatchTime.now()

    init(
        _ job: TrainingJob, to writer: BodyWriter, after epoch: Int, _ trainings: Trainings,
        _ permission: Permission, hasHistory: Bool
    ) {
        self.job = job
        self.writer = writer
        self.trainings = trainings
        self.permission = permission
        self.hasHistory = hasHistory
        lastSentEpoch = epoch
    }

    /// Starts the stream, which runs until the job has ended or the client has disconnected.
    func start() {
        Self.queue.async { [self] in
            send(event: "job") { $0.summary(of: self.job, self.job.summary) }
            check()
        }
        job.observe { [self] in
            guard writer.isOpen else { return false }
            let isEnded = job.isEnded
            if isEnded {
                Self.queue.async { self.sendNewEpochs() }
            } else if !isScheduled.exchange(true, ordering: .relaxed) {
                Self.queue.asyncAfter(deadline: .now() + Self.pollInterval) { self.sendNewEpochs() }
            }
            return !isEnded
        }
    }

    /// Sends the epochs that were not sent, and the result or the error if the job has ended.
    private func sendNewEpochs() {
        dispatchPrecondition(condition: .onQueue(Self.queue))
        isScheduled.store(false, ordering: .relaxed)
        guard !isBlocked, !isFinished, writer.isOpen, !endIfRevoked() else { return }
        let snapshot = job.snapshot
        for epoch in epochs(upTo: snapshot.history.count) {
            send(id: epoch, event: "progress") { $0.progress(of: self.job, snapshot, upTo: epoch) }
        }
        lastSentEpoch = max(lastSentEpoch, snapshot.history.count)
        guard snapshot.isEnded else { return }
        isFinished = true
        do throws(Problem) {
            let version = try trainings.outcome(of: snapshot)
            send(id: job.epochs + 1, event: "result") {
                $0.trainResponse(version, self.job.inspection, hasHistory: hasHistory)
            }
        } catch {
            let isCancelled = if case .cancelled = snapshot.state { true } else { false }
            send(id: job.epochs + 1, event: isCancelled ? "cancelled" : "failed", error.write)
        }
        writer.finish()
    }

    /// The epochs to send: at most ``maxEvents`` of those that were not sent, evenly spaced, including the
    /// last one.
    private func epochs(upTo last: Int) -> [Int] {
        let unsent = last - lastSentEpoch
        guard unsent > Self.maxEvents else {
            return Array((lastSentEpoch + 1)..<max(lastSentEpoch + 1, last + 1))
        }
        return (1...Self.maxEvents).map { lastSentEpoch + unsent * $0 / Self.maxEvents }
    }

    private func send(id: Int? = nil, event: String, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        let id = id.map { "id: \($0)\n" } ?? ""
        send(Array("\(id)event: \(event)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8))
    }

    private func send(_ bytes: [UInt8]) {
        lastWrite = .now()
        guard !writer.write(bytes), !isBlocked else { return }
        isBlocked = true
        writer.onReady {
            Self.queue.async { [self] in
                isBlocked = false
                sendNewEpochs()
            }
        }
    }

    /// Ends the stream if its API key no longer allows it. Its client need not have read all of it.
    /// - Returns: whether the stream has ended.
    private func endIfRevoked() -> Bool {
        guard permission.current?.allows(job) != true else { return false }
        isFinished = true
        send(event: "unauthorized", Problem.endedKey().write)
        writer.finish()
        return true
    }

    /// Checks the key, and sends a comment, which clients ignore, if the stream has been idle for the
    /// heartbeat interval.
    private func check() {
        guard !isFinished, writer.isOpen, !endIfRevoked() else { return }
        let idleSeconds = Double(DispatchTime.now().uptimeNanoseconds - lastWrite.uptimeNanoseconds) / 1e9
        if idleSeconds >= Self.heartbeatInterval, !isBlocked { send(Array(": heartbeat\n\n".utf8)) }
        Self.queue.asyncAfter(deadline: .now() + Self.checkInterval) { self.check() }
    }
}
