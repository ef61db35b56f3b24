import Synchronization

/// Small predictions that arrived together, to go through the network together: the weights are read once for all of them,
/// and no thread has to wake another.
final class PredictionBatch: Sendable {
    private let waiting = Mutex<[Prediction]>([])

    /// Keeps a prediction until `run`.
    func add(_ prediction: Prediction) { waiting.withLock { $0.append(prediction) } }

    /// Computes what was added, and what is added meanwhile: a connection's next request may follow a response.
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
