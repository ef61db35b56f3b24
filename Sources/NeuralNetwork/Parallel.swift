import Dispatch

/// Runs `body(0)` to `body(count - 1)`, on as many cores as there are, and returns when all are done: what somebody
/// waits for. A training has a ``Team``.
func inParallel(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
        // The callers' bodies write to places of their own, told apart by the index.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

/// One of `parts` ranges of `total` things; they differ in length by one at most.
func part(_ index: Int, of parts: Int, in total: Int) -> Range<Int> {
    (total * index / parts)..<(total * (index + 1) / parts)
}

/// In how many parts to cut a pass over `total` numbers: small ones are done before another core is awake.
func partCount(_ total: Int) -> Int { min(8, max(1, total >> 16)) }
