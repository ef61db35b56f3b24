import Glibc
import TimeSeries

/// The errors of some windows, as a sample by rank, and the limits that new windows like these rarely exceed.
package struct ErrorSample: Sendable, Equatable {
    /// The maximum size of the sample.
    static let maxRanked = 1001
    /// The maximum number of errors, which a file may claim.
    private static let maxCount = 1 << 31

    /// n, the number of errors.
    package let count: Int
    /// The number of windows without common rows that tell as much (``Windows/independentCount``); nil if it
    /// is unknown, as in files of releases that counted each window.
    package let independent: Int?
    /// A sample of the errors, ascending and evenly spaced by rank, with the smallest and the largest; all
    /// errors if there are at most 1,001.
    package let ranked: [Float]

    /// Restores a sample that was stored.
    ///
    /// nil if `ranked` does not have all of up to 1,001 errors, or at least 2 and at most 1,001 of more, is
    /// not ascending, or not finite; if `count` is not within 1…2³¹, or `independent` not within 1…`count`.
    package init?(count: Int, independent: Int?, ranked: [Float]) {
        let isComplete =
            count <= Self.maxRanked ? ranked.count == count : (2...Self.maxRanked).contains(ranked.count)
        let isAscending = zip(ranked, ranked.dropFirst()).allSatisfy { $0 <= $1 }
        guard (1...Self.maxCount).contains(count), isComplete, isAscending, ranked.allSatisfy(\.isFinite),
            (1...count).contains(independent ?? 1)
        else { return nil }
        self.count = count
        self.independent = independent
        self.ranked = ranked
    }

    /// Samples errors, in any order; nil if there are none or one of them is not finite.
    package init?(of errors: [Float], independent: Int?) {
        let sorted = errors.sorted()
        let steps = min(sorted.count, Self.maxRanked) - 1
        let ranked = steps > 0 ? (0...steps).map { sorted[$0 * (sorted.count - 1) / steps] } : sorted
        self.init(count: sorted.count, independent: independent, ranked: ranked)
    }

    /// The median error.
    var median: Float { ranked[(ranked.count - 1) / 2] }

    // MARK: Quantiles

    /// Returns the conformal quantile: the ⌈(n + 1)·q⌉-th smallest of n errors (split conformal
    /// prediction: Vovk, Gammerman & Shafer 2005; Lei et al. 2018).
    ///
    /// The error of one more window is at most this with a probability of at least q, if the window is
    /// exchangeable with these windows. The empirical quantile would be too low for few errors.
    /// - Parameter q: 0…1.
    /// - Returns: the largest error if n is too small for the guarantee (see ``supports(_:)``).
    func quantile(_ q: Double) -> Float {
        let rank = min(max(rank(of: q), 1), count) - 1
        guard ranked.count < count else { return ranked[rank] }
        // The sample is evenly spaced by rank. Rounding up to the next sampled error keeps the guarantee.
        let position = (Double(rank) * Double(ranked.count - 1) / Double(count - 1)).rounded(.up)
        return ranked[min(Int(position), ranked.count - 1)]
    }

    /// Whether there are enough errors for the guarantee of ``quantile(_:)``: 99 for a quantile of 0.99.
    func supports(_ q: Double) -> Bool { rank(of: q) <= count }

    private func rank(of q: Double) -> Int {
        // A product such as 100 · 0.99 can exceed the exact value by a rounding error.
        Int((Double(count + 1) * q - 1e-9).rounded(.up))
    }

    // MARK: Limits

    /// The number of errors that are expected above the quantile from which on it needs no margin.
    private static let enoughAbove = 10.0
    /// A limit is at most this multiple of the largest error, as a log-normal distribution can have a tail
    /// that no error supports. docs/detection.md has the measurements that it was chosen by.
    package static let maxMargin: Float = 1.5

    /// Returns the conformal quantile, or for few windows an upper prediction limit if that is larger.
    ///
    /// The prediction limit applies if the windows are worth so few independent ones that fewer than ten of
    /// these are expected above the quantile. It is that of a log-normal distribution with the moments of
    /// the errors (Hahn & Meeker 1991, section 4.8), at most ``maxMargin`` times the largest error. For
    /// errors whose independent number is unknown it has no maximum.
    /// - Parameter q: 0…1.
    func limit(_ q: Double) -> Float {
        let (quantile, worth) = (quantile(q), Double(independent ?? count))
        guard worth * (1 - q) < Self.enoughAbove, let largest = ranked.last, largest > 0 else {
            return quantile
        }
        guard independent != nil else {
            let limit = count > 2 && q < 1 ? Float(predictionLimit(q, of: worth, largest: largest)) : quantile
            return limit.isFinite ? max(quantile, limit) : quantile
        }
        let bound = Float.limiting(Double(Self.maxMargin) * Double(largest))
        guard worth >= 2, q < 1 else { return bound }
        return min(max(quantile, Float.limiting(predictionLimit(q, of: worth, largest: largest))), bound)
    }

    /// Returns the upper prediction limit of a log-normal distribution for one more error.
    /// - Parameter worth: the number of independent errors, at least 2.
    private func predictionLimit(_ q: Double, of worth: Double, largest: Float) -> Double {
        // Errors of 0 have no logarithm, so errors are bounded from below.
        let logarithms = ranked.map { log(max(Double($0), 1e-6 * Double(largest))) }
        guard logarithms.count > 1 else { return .infinity }
        let mean = logarithms.reduce(0, +) / Double(logarithms.count)
        let variance =
            logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(logarithms.count - 1)
        let margin = StudentT.quantile(q, degreesOfFreedom: worth - 1)
        return exp(mean + margin * (variance * (1 + 1 / worth)).squareRoot())
    }

    /// Returns the number of independent windows that a quantile needs: 99 for 0.99.
    static func count(supporting q: Double) -> Double {
        q < 1 ? (q / (1 - q) - 1e-9).rounded(.up) : .infinity
    }
}
