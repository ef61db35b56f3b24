import Glibc
import TimeSeries

/// A sample of the errors of calibration windows, from which thresholds are computed.
public struct ErrorDistribution: Sendable, Equatable {
    /// The maximum size of the sample.
    private static let maxRanked = 1001

    /// n, the number of errors.
    public let count: Int
    /// A sample of the errors, ascending and evenly spaced by rank, with the smallest and the largest; all
    /// errors if there are at most 1,001.
    public let ranked: [Float]
    /// The mean of all errors.
    public let mean: Double
    /// The population standard deviation of all errors.
    public let standardDeviation: Double

    /// Restores a distribution that was stored.
    ///
    /// nil if `ranked` is empty, larger than `count` or 1,001, not ascending, or not finite.
    /// - Parameters:
    ///   - count: n.
    ///   - ranked: the sample, ascending.
    ///   - mean: nil for the mean of the sample.
    ///   - standardDeviation: nil for that of the sample.
    package init?(count: Int, ranked: [Float], mean: Double? = nil, standardDeviation: Double? = nil) {
        let isAscending = zip(ranked, ranked.dropFirst()).allSatisfy { $0 <= $1 }
        guard !ranked.isEmpty, ranked.count <= min(count, Self.maxRanked), isAscending,
            ranked.allSatisfy(\.isFinite)
        else { return nil }
        self.count = count
        self.ranked = ranked
        let moments = Self.moments(of: ranked)
        self.mean = mean ?? moments.mean
        self.standardDeviation = standardDeviation ?? moments.standardDeviation
    }

    /// Samples errors, in any order; nil if there are none or one of them is not finite.
    package init?(of errors: [Float]) {
        let sorted = errors.sorted()
        let steps = min(sorted.count, Self.maxRanked) - 1
        let ranked = steps > 0 ? (0...steps).map { sorted[$0 * (sorted.count - 1) / steps] } : sorted
        let moments = Self.moments(of: sorted)
        self.init(
            count: sorted.count, ranked: ranked, mean: moments.mean,
            standardDeviation: moments.standardDeviation)
    }

    private static func moments(of errors: [Float]) -> (mean: Double, standardDeviation: Double) {
        let count = Double(max(errors.count, 1))
        let mean = errors.reduce(0) { $0 + Double($1) } / count
        let variance = errors.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return (mean, variance.squareRoot())
    }

    /// Returns the conformal quantile: the ⌈(n + 1)·q⌉-th smallest of n errors (split conformal
    /// prediction: Vovk, Gammerman & Shafer 2005; Lei et al. 2018).
    ///
    /// The error of one more window is at most this with a probability of at least q, if the window is
    /// exchangeable with the calibration windows. The empirical quantile would be too low for few errors.
    /// - Parameter q: 0…1.
    /// - Returns: the largest error if n is too small for the guarantee (see ``supports(_:)``).
    public func quantile(_ q: Double) -> Float {
        let rank = min(max(rank(of: q), 1), count) - 1
        guard ranked.count < count else { return ranked[rank] }
        // The sample is evenly spaced by rank. Rounding up to the next sampled error keeps the guarantee.
        let position = (Double(rank) * Double(ranked.count - 1) / Double(count - 1)).rounded(.up)
        return ranked[min(Int(position), ranked.count - 1)]
    }

    /// Returns the conformal quantile, or for few errors an upper prediction limit if that is larger.
    ///
    /// The limit applies if fewer than ten errors are expected above the quantile. It is the upper prediction
    /// limit of a log-normal distribution with the moments of the errors (Hahn & Meeker 1991, section 4.8).
    /// - Parameter q: 0…1.
    public func upperLimit(_ q: Double) -> Float {
        let quantile = quantile(q)
        guard count > 2, Double(count) * (1 - q) < 10, q < 1, let largest = ranked.last, largest > 0 else {
            return quantile
        }
        // Errors of 0 have no logarithm, so errors are bounded from below.
        let logarithms = ranked.map { log(max(Double($0), 1e-6 * Double(largest))) }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        let variance =
            logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logarithms.count - 1)
        let margin = StudentT.quantile(q, degreesOfFreedom: Double(count - 1))
        let limit = Float(exp(mean + margin * (variance * (1 + 1 / Double(count))).squareRoot()))
        return limit.isFinite ? max(quantile, limit) : quantile
    }

    /// Whether there are enough errors for the guarantee of ``quantile(_:)``: 99 for a quantile of 0.99.
    public func supports(_ q: Double) -> Bool { rank(of: q) <= count }

    private func rank(of q: Double) -> Int {
        // A product such as 100 · 0.99 can exceed the exact value by a rounding error.
        Int((Double(count + 1) * q - 1e-9).rounded(.up))
    }

    /// Returns the share of the sampled errors above `error`, 0…1.
    package func share(above error: Float) -> Double {
        Double(ranked.count { $0 > error }) / Double(ranked.count)
    }
}

/// Student's t distribution.
private enum StudentT {
    /// Returns the q quantile: Fisher's expansion about the normal quantile (Abramowitz & Stegun, 26.7.5).
    /// Its relative error is at most 0.1 % for q = 0.99 and 10 or more degrees of freedom.
    static func quantile(_ q: Double, degreesOfFreedom n: Double) -> Double {
        let z = normalQuantile(q)
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    }

    /// Returns the q quantile of the standard normal distribution, by bisection: the C library has `erfc` but
    /// not its inverse.
    private static func normalQuantile(_ q: Double) -> Double {
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < q { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
