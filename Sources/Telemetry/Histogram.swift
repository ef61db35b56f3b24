import Synchronization

/// A histogram as Prometheus defines it: the number of observed values in each bucket, and their sum.
///
/// Any thread may observe values; an observation is two atomic additions and takes no lock.
package final class Histogram: Sendable {
    /// The upper bounds of the buckets, as integers so that sums are exact.
    package struct Scale: Sendable {
        /// Inclusive upper bounds, ascending. A bucket without a bound follows the last one.
        let bounds: [UInt64]
        /// Factor from observed values to the exported unit.
        let unit: Double

        /// Durations from 0.1 ms to 60 s, observed in nanoseconds and exported in seconds.
        package static let seconds = Scale(
            bounds: [
                100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
                2_500_000, 10_000_000, 60_000_000,
            ].map { $0 * 1000 }, unit: 1e-9)
        /// Durations from 0.1 s to a day, observed in nanoseconds and exported in seconds.
        package static let longSeconds = Scale(
            bounds: [
                100, 500, 1000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000,
                14_400_000, 86_400_000,
            ].map { $0 * 1_000_000 }, unit: 1e-9)
        /// Ratios around 1, observed in millionths (``Histogram/observe(ratio:)``).
        package static let ratios = Scale(
            bounds: [10, 25, 50, 75, 90, 100, 110, 125, 150, 200, 300, 500, 1000, 10_000].map { $0 * 10_000 },
            unit: 1e-6)
        /// Counts from 1 to 65,536, with bounds that are powers of 4.
        package static let counts = Scale(bounds: (0...8).map { 1 << (2 * $0) }, unit: 1)
    }

    /// The state of a histogram at one time.
    package struct Snapshot: Sendable {
        /// Cumulative counts: of each bucket and all buckets before it. The last is that of the bucket
        /// without a bound.
        let cumulative: [UInt64]
        let sum: UInt64
        let scale: Scale

        /// Number of observed values.
        package var count: UInt64 { cumulative.last ?? 0 }
    }

    private let scale: Scale
    /// Counts of each bucket. Safe to share: the pointer never changes and the elements are atomic.
    nonisolated(unsafe) private let buckets: UnsafeMutableBufferPointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)

    /// Creates a histogram without observations.
    package init(_ scale: Scale) {
        self.scale = scale
        buckets = .allocate(capacity: scale.bounds.count + 1)
        for index in buckets.indices { buckets.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize()
        buckets.deallocate()
    }

    /// Adds a value, in the unit of the scale's bounds.
    package func observe(_ value: UInt64) {
        let bounds = scale.bounds
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].add(1, ordering: .relaxed)
        sum.add(value, ordering: .relaxed)
    }

    /// Adds a value to a histogram of the scale ``Scale/ratios``. It is rounded up, so that a value above a
    /// bound, however little, is not counted below it. The sum counts values above 10,000 as 10,000: a few
    /// large ones would hide all others.
    package func observe(ratio: Float) {
        observe(UInt64((Double(max(0, min(ratio, 10_000))) * 1e6).rounded(.up)))
    }

    /// The current state. Its count is the sum of the buckets, so they always agree; the sum of the values is
    /// read separately.
    package var snapshot: Snapshot {
        var total: UInt64 = 0
        let cumulative = buckets.indices.map { index in
            total += buckets[index].load(ordering: .relaxed)
            return total
        }
        return Snapshot(cumulative: cumulative, sum: sum.load(ordering: .relaxed), scale: scale)
    }
}
