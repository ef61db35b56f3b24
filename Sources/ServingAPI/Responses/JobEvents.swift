import Dispatch
import HTTP1
import JSON
import Synchronization
import Training

/// A job's progress as server-sent events (HTML Living Standard, 9.2), for one reader.
///
/// An event an epoch, its id the epoch's number. Epochs that are faster than a reader, or than there is sense in telling,
/// are left out evenly; all losses are in the job and in the result. A reader that comes back with `Last-Event-ID` gets
/// what it has missed.
///
/// Belongs to one queue of all such streams, which does next to nothing.
final class JobEvents: @unchecked Sendable {
    private static let queue = DispatchQueue(label: "reprise.events")
    /// The time between two looks at a job.
    private static let pause = DispatchTimeInterval.milliseconds(50)
    /// Epochs that are told of at one look, at most.
    private static let most = 100
    /// Proxies and browsers give up what is silent for long.
    private static let heartbeat = 15.0

    private let job: TrainingJob
    private let writer: BodyWriter
    private let service: Service
    private let isScheduled = Atomic(false)
    // Of the queue only.
    private var told: Int
    private var isBehind = false
    private var isFinished = false
    private var lastWrite = DispatchTime.now()

    init(_ job: TrainingJob, to writer: BodyWriter, after epoch: Int, service: Service) {
        self.job = job
        self.writer = writer
        self.service = service
        told = epoch
    }

    /// Begins. What follows keeps this alive until the job or the reader is gone.
    func start() {
        Self.queue.async { [self] in
            send(event: "job") { $0.summary(of: self.job, self.job.summary) }
            beat()
        }
        job.observe { [self] in
            guard writer.isOpen else { return false }
            let isEnded = job.isEnded
            if isEnded {
                Self.queue.async { self.look() }
            } else if !isScheduled.exchange(true, ordering: .relaxed) {
                Self.queue.asyncAfter(deadline: .now() + Self.pause) { self.look() }
            }
            return !isEnded
        }
    }

    /// Tells what there is to tell.
    private func look() {
        dispatchPrecondition(condition: .onQueue(Self.queue))
        isScheduled.store(false, ordering: .relaxed)
        guard !isBehind, !isFinished, writer.isOpen else { return }
        let snapshot = job.snapshot
        for epoch in epochs(upTo: snapshot.history.count) {
            send(id: epoch, event: "progress") { $0.progress(of: self.job, snapshot, upTo: epoch) }
        }
        told = max(told, snapshot.history.count)
        guard snapshot.isEnded else { return }
        isFinished = true
        do throws(Problem) {
            let version = try service.outcome(of: snapshot)
            send(id: job.epochs + 1, event: "result") { $0.trainAnswer(version) }
        } catch {
            let isCancelled = if case .cancelled = snapshot.state { true } else { false }
            send(id: job.epochs + 1, event: isCancelled ? "cancelled" : "failed", error.write)
        }
        writer.finish()
    }

    /// Those not told of yet; not too many, and always the last one.
    private func epochs(upTo last: Int) -> [Int] {
        let missed = last - told
        guard missed > Self.most else { return Array((told + 1)..<max(told + 1, last + 1)) }
        return (1...Self.most).map { told + missed * $0 / Self.most }
    }

    private func send(id: Int? = nil, event: String, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        let id = id.map { "id: \($0)\n" } ?? ""
        send(Array("\(id)event: \(event)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8))
    }

    private func send(_ bytes: [UInt8]) {
        lastWrite = .now()
        guard !writer.write(bytes), !isBehind else { return }
        isBehind = true
        writer.onReady {
            Self.queue.async { [self] in
                isBehind = false
                look()
            }
        }
    }

    /// A comment now and then, which readers ignore.
    private func beat() {
        guard !isFinished, writer.isOpen else { return }
        let silent = Double(DispatchTime.now().uptimeNanoseconds - lastWrite.uptimeNanoseconds) / 1e9
        if silent >= Self.heartbeat, !isBehind { send(Array(": still here\n\n".utf8)) }
        Self.queue.asyncAfter(deadline: .now() + Self.heartbeat / 3) { self.beat() }
    }
}
