import Synchronization

/// How often values of which size came, as Prometheus' histograms count them. From any thread: a value costs two atomic
/// additions and no lock.
package final class Histogram: Sendable {
    /// Where the buckets end, in whole numbers so that sums are exact.
    package struct Scale: Sendable {
        /// Upper bounds, ascending, which belong to their buckets; one without a bound follows.
        let bounds: [UInt64]
        /// What one is in the unit that is shown.
        let unit: Double

        /// 0.1 ms to a minute, counted in nanoseconds: from a health check to a short training.
        package static let seconds = Scale(
            bounds: [
                100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
                2_500_000, 10_000_000, 60_000_000,
            ].map { $0 * 1000 }, unit: 1e-9)
        /// 1 to 65,536 in powers of 4.
        package static let counts = Scale(bounds: (0...8).map { 1 << (2 * $0) }, unit: 1)
    }

    /// What was counted at one moment.
    package struct Snapshot: Sendable {
        /// Of each bucket with all before it, the one without a bound last.
        let cumulative: [UInt64]
        let sum: UInt64
        let scale: Scale

        /// How many values there were.
        package var count: UInt64 { cumulative.last ?? 0 }
    }

    private let scale: Scale
    /// The place never changes, and what is there is atomic.
    nonisolated(unsafe) private let buckets: UnsafeMutableBufferPointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)

    /// An empty one.
    package init(_ scale: Scale) {
        self.scale = scale
        buckets = .allocate(capacity: scale.bounds.count + 1)
        for index in buckets.indices { buckets.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize()
        buckets.deallocate()
    }

    /// Counts a value.
    package func observe(_ value: UInt64) {
        let bounds = scale.bounds
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].add(1, ordering: .relaxed)
        sum.add(value, ordering: .relaxed)
    }

    /// What was counted so far. The count is the sum of the buckets, so that both always agree.
    package var snapshot: Snapshot {
        var total: UInt64 = 0
        let cumulative = buckets.indices.map { index in
            total += buckets[index].load(ordering: .relaxed)
            return total
        }
        return Snapshot(cumulative: cumulative, sum: sum.load(ordering: .relaxed), scale: scale)
    }
}
