import Dispatch

/// Runs `body(0)` to `body(count - 1)`, on as many cores as there are, and returns when all are done.
///
/// The only place in this module that knows threads. What is split, and how, never depends on the number of
/// cores: results must not.
func inParallel(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
        // The callers' bodies write to places of their own, told apart by the index.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

/// `total` things in `parts` ranges that differ in length by one at most.
func evenSplit(_ total: Int, into parts: Int) -> [Range<Int>] {
    (0..<parts).map { (total * $0 / parts)..<(total * ($0 + 1) / parts) }
}
