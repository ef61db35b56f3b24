import Glibc
import TimeSeries

/// The errors of some windows, thinned: what a threshold is learned from, now or later.
public struct ErrorDistribution: Sendable, Equatable {
    /// The most numbers that are kept.
    private static let size = 1001

    /// How many errors there were, n.
    public let count: Int
    /// Some of them, ascending and evenly spread by rank, the smallest and the largest among them; all if there are few.
    public let ranked: [Float]
    /// The mean of all.
    public let mean: Double
    /// Their (population) standard deviation.
    public let deviation: Double

    /// Takes what was kept before; nil if that can't be right.
    package init?(count: Int, ranked: [Float], mean: Double? = nil, deviation: Double? = nil) {
        let isAscending = zip(ranked, ranked.dropFirst()).allSatisfy { $0 <= $1 }
        guard !ranked.isEmpty, ranked.count <= min(count, Self.size), isAscending,
            ranked.allSatisfy(\.isFinite)
        else { return nil }
        self.count = count
        self.ranked = ranked
        let moments = Self.moments(of: ranked)
        self.mean = mean ?? moments.mean
        self.deviation = deviation ?? moments.deviation
    }

    /// Thins errors; nil if there are none or one of them is not finite.
    package init?(of errors: [Float]) {
        let sorted = errors.sorted()
        let steps = min(sorted.count, Self.size) - 1
        let ranked = steps > 0 ? (0...steps).map { sorted[$0 * (sorted.count - 1) / steps] } : sorted
        let moments = Self.moments(of: sorted)
        self.init(count: sorted.count, ranked: ranked, mean: moments.mean, deviation: moments.deviation)
    }

    private static func moments(of errors: [Float]) -> (mean: Double, deviation: Double) {
        let count = Double(max(errors.count, 1))
        let mean = errors.reduce(0) { $0 + Double($1) } / count
        let variance = errors.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return (mean, variance.squareRoot())
    }

    /// The error that one more window of the same kind stays below with a chance of q: the ⌈(n + 1)·q⌉-th smallest of n
    /// (split conformal prediction: Vovk, Gammerman & Shafer 2005; Lei et al. 2018).
    ///
    /// The plain quantile promises too much where there are few errors. The promise holds for windows that are exchangeable
    /// with these.
    /// - Parameter q: 0…1.
    /// - Returns: the largest error where n is too small for the promise (see ``supports(_:)``).
    public func quantile(_ q: Double) -> Float {
        let rank = min(max(rank(of: q), 1), count) - 1
        guard ranked.count < count else { return ranked[rank] }
        // Evenly spread by rank: the next above is on the safe side.
        let position = (Double(rank) * Double(ranked.count - 1) / Double(count - 1)).rounded(.up)
        return ranked[min(Int(position), ranked.count - 1)]
    }

    /// The same, on the safe side where there are few errors: where less than ten of them are expected to be above it, it is
    /// at least what a log-normal distribution with their moments has as its upper prediction limit (Hahn & Meeker 1991,
    /// section 4.8).
    public func upperLimit(_ q: Double) -> Float {
        let quantile = quantile(q)
        guard count > 2, Double(count) * (1 - q) < 10, q < 1, let largest = ranked.last, largest > 0 else {
            return quantile
        }
        // Errors of 0 have no logarithm.
        let logarithms = ranked.map { log(max(Double($0), 1e-6 * Double(largest))) }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        let variance =
            logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logarithms.count - 1)
        let margin = StudentT.quantile(q, degreesOfFreedom: Double(count - 1))
        let limit = Float(exp(mean + margin * (variance * (1 + 1 / Double(count))).squareRoot()))
        return limit.isFinite ? max(quantile, limit) : quantile
    }

    /// Whether there are enough errors for a quantile to be a promise: 99 for 0.99.
    public func supports(_ q: Double) -> Bool { rank(of: q) <= count }

    private func rank(of q: Double) -> Int {
        // A product like 100 · 0.99 may be a little more than it is.
        Int((Double(count + 1) * q - 1e-9).rounded(.up))
    }

    /// The share of these errors that are above another.
    package func share(above error: Float) -> Double {
        Double(ranked.count { $0 > error }) / Double(ranked.count)
    }
}

/// Student's t distribution.
private enum StudentT {
    /// The value that is exceeded with a chance of 1 - q: Fisher's expansion about the normal quantile (Abramowitz & Stegun,
    /// 26.7.5), to 0.1 % from 10 degrees of freedom on at q = 0.99.
    static func quantile(_ q: Double, degreesOfFreedom n: Double) -> Double {
        let z = normalQuantile(q)
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    }

    /// By bisection: the C library has the distribution, not its inverse.
    private static func normalQuantile(_ q: Double) -> Double {
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < q { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
