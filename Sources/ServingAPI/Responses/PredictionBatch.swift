import Synchronization

/// Collects the small predictions of one turn of a loop, to run them through the network in one batch. The
/// weights are read once for the batch, and no thread has to wake another.
final class PredictionBatch: Sendable {
    /// The number of multiplications from which on a batch does not wait for the end of the turn: about 2 ms.
    /// A larger batch would not be faster, and all connections of the loop wait for it.
    private static let maxMultiplications = 64_000_000

    private struct State {
        var waiting: [Prediction] = []
        var multiplications = 0
    }

    private let state = Mutex(State())

    /// Adds a prediction to the next batch. Runs the batch if it is large enough.
    func add(_ prediction: Prediction) {
        let isFull = state.withLock { state in
            state.waiting.append(prediction)
            state.multiplications += prediction.multiplications
            return state.multiplications >= Self.maxMultiplications
        }
        if isFull { run() }
    }

    /// Runs the predictions that wait now. Those that another loop adds meanwhile are left to it.
    func run() {
        var rest = state.withLock { state in
            let waiting = state.waiting
            state = State()
            return waiting
        }
        while let first = rest.first {
            let group = rest.filter { $0.isBatchable(with: first) }
            Prediction.run(group)
            if group.count == rest.count { break }
            rest.removeAll { $0.isBatchable(with: first) }
        }
    }
}
