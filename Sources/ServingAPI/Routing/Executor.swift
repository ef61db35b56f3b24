import HTTP1
import ModelStore

/// Decides where a request's work runs: on the connection's loop, or on the prediction queue.
struct Executor: Sendable {
    /// The maximum length of a body that is read on a loop, in bytes. Longer bodies are queued unread, so
    /// that an overloaded server refuses them at no cost.
    private static let maxLoopBody = 4 * 1024
    /// The maximum number of multiplications of one computation on a loop: about 0.1 ms, no longer than it
    /// takes to hand work to another thread and back.
    private static let maxLoopMultiplications = 4_000_000

    let queue: WorkQueue
    let batch: PredictionBatch
    let models: ModelLookup
    /// The maximum number of bytes of a decompressed body.
    let maxBody: Int

    /// Runs the action of a call's route.
    func run(_ call: Call) {
        switch call.admission.route.action {
        case .onLoop(let handler): call.respond { () throws(Problem) in try handler(call) }
        case .onQueue(let handler):
            enqueue(call, bytes: call.request.body.count) { (call) throws(Problem) in try handler(call) }
        case .onUpload(let handler):
            call.admission.upload?.finish(call.request.body) { file in
                let isQueued = queue.submit(bytes: 0) {
                    call.respond { () throws(Problem) in try handler(call, try file.get()) }
                }
                if !isQueued { call.send(.overloaded()) }
            }
        case .computing(let read):
            guard call.request.body.count <= Self.maxLoopBody, !call.isCompressed else {
                return enqueue(call, bytes: call.request.body.count) { (call) throws(Problem) in
                    try finish(try read(call))
                }
            }
            call.respond { () throws(Problem) in
                try start(try read(call), call)
                return nil
            }
        }
    }

    /// Computes on the loop if that is possible within its time.
    private func start(_ pending: PendingComputation, _ call: Call) throws(Problem) {
        guard let entry = models.loaded(pending.reference) else {
            // A loop must not wait for the disk. The queued work continues with what has been read of the
            // request.
            return enqueue(call, bytes: call.request.body.count) { (_) throws(Problem) in
                try finish(pending)
            }
        }
        let computation = try pending.prepare(entry)
        guard computation.multiplications > Self.maxLoopMultiplications else {
            return computation.run(in: batch)
        }
        enqueue(call, bytes: computation.byteCount) { (_) throws(Problem) in
            computation.run()
            return nil
        }
    }

    /// Computes on the queue. Consumes the pending computation, which holds the parsed body, so that the body
    /// is released before the computation needs its memory.
    private func finish(_ pending: consuming PendingComputation) throws(Problem) -> Response? {
        let entry = try models.entry(pending.reference.model, pending.reference.version)
        let computation = try pending.prepare(entry)
        _ = consume pending
        computation.run()
        return nil
    }

    /// Queues the rest of a call, or responds 503 if the queue is full.
    private func enqueue(
        _ call: Call, bytes: Int, _ handler: @escaping Route.Handler
    ) {
        let isQueued = queue.submit(bytes: bytes) {
            call.respond { () throws(Problem) in try handler(try call.decoded(limit: maxBody)) }
        }
        if !isQueued { call.send(.overloaded()) }
    }
}
