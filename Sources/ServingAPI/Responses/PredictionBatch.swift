import Synchronization

/// Small predictions that arrived together, to go through the network together: one look at the weights serves all of
/// them, and no thread has to wake another.
final class PredictionBatch: Sendable {
    private let waiting = Mutex<[Prediction]>([])

    /// Keeps a prediction until `answer`.
    func add(_ prediction: Prediction) { waiting.withLock { $0.append(prediction) } }

    /// Answers what was added, and what is added meanwhile: the next request of a connection may follow its answer.
    func answer() {
        while true {
            var rest = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            guard !rest.isEmpty else { return }
            while let first = rest.first {
                let group = rest.filter { $0.goes(with: first) }
                Prediction.answer(group)
                if group.count == rest.count { break }
                rest.removeAll { $0.goes(with: first) }
            }
        }
    }
}
