import Synchronization

/// Collects the small predictions of one turn of a loop, to run them through the network in one batch. The
/// weights are read once for the batch, and no thread has to wake another.
final class PredictionBatch: Sendable {
    private let waiting = Mutex<[Prediction]>([])

    /// Adds a prediction to the next batch.
    func add(_ prediction: Prediction) { waiting.withLock { $0.append(prediction) } }

    /// Runs all predictions, including those that are added while it runs: a response may let a connection
    /// read its next request.
    func run() {
        while true {
            var rest = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            guard !rest.isEmpty else { return }
            while let first = rest.first {
                let group = rest.filter { $0.isBatchable(with: first) }
                Prediction.run(group)
                if group.count == rest.count { break }
                rest.removeAll { $0.isBatchable(with: first) }
            }
        }
    }
}
