import Dispatch

/// Runs `body(0)` to `body(count - 1)` on all cores and returns when all calls have returned. Predictions use
/// this; trainings use a ``WorkerPool``.
func inParallel(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { body in
        // Safe because each index writes to its own memory.
        nonisolated(unsafe) let body = body
        DispatchQueue.concurrentPerform(iterations: count) { body($0) }
    }
}

/// Returns range `index` of `parts` consecutive ranges of `0..<total`, whose lengths differ by at most 1.
func part(_ index: Int, of parts: Int, in total: Int) -> Range<Int> {
    (total * index / parts)..<(total * (index + 1) / parts)
}

/// Returns into how many parts to split a pass over `total` numbers: a small pass ends before another core
/// wakes up.
func partCount(_ total: Int) -> Int { min(8, max(1, total >> 16)) }
