import Glibc

/// How rare errors are in normal operation, by the errors of a calibration: a measure that compares across
/// models.
package struct Severity: Sendable {
    /// The errors of calibration windows or rows.
    private let errors: ErrorDistribution
    /// The number of independent errors that tell as much as these, at least 1.
    private let independent: Double
    /// The tail beyond the errors; nil if there are too few independent windows, or no variation to fit it
    /// to.
    private let tail: ErrorTail?

    /// The number of windows without common rows below which there is no return period.
    package static let minIndependent = 100
    /// A return period is at most this multiple of the number of calibration errors.
    package static let maxExtrapolation = 10.0

    /// Fits the tail.
    /// - Parameters:
    ///   - errors: one for each window or row.
    ///   - windows: the number of calibration windows without common rows.
    ///   - independent: the number of independent errors that tell as much as these; at most `windows`.
    init(_ errors: ErrorDistribution, windows: Int, independent: Double) {
        self.errors = errors
        self.independent = max(1, independent)
        tail = windows >= Self.minIndependent ? ErrorTail(errors, independent: self.independent) : nil
    }

    /// The number of errors.
    package var count: Int { errors.count }

    /// Returns the share of the calibration errors that are smaller than an error, 0…1.
    package func rarity(of error: Float) -> Double {
        let smaller = errors.ranked.partitioningIndex { $0 >= error }
        guard errors.ranked.count < errors.count else { return Double(smaller) / Double(errors.count) }
        // All errors up to the rank of the largest sampled one below `error` are smaller.
        let steps = errors.ranked.count - 1
        let rank = smaller == 0 ? 0 : (smaller - 1) * (errors.count - 1) / steps + 1
        return Double(rank) / Double(errors.count)
    }

    /// Returns how long normal operation lasts on average for each row with an error at least this large.
    ///
    /// Within the range of the errors it is their number divided by the number of those that are as large,
    /// with the interval of Wilson (1927). Beyond it is extrapolated by the tail (``ErrorTail``), up to ten
    /// times the number of errors.
    /// - Returns: nil for fewer than 100 windows without common rows, and beyond errors without variation.
    package func returnPeriod(of error: Float) -> ReturnPeriod? {
        guard let tail else { return nil }
        let probability = error > tail.start ? tail.probability(above: error) : share(of: error)
        let limit = Self.maxExtrapolation * Double(errors.count)
        let rows = 1 / probability.value
        let high = 1 / probability.low
        return ReturnPeriod(
            rows: min(rows, limit), low: min(1 / probability.high, limit), high: high <= limit ? high : nil,
            isLonger: rows > limit)
    }

    /// The share of the errors that are at least `error`, which is at most the start of the tail.
    private func share(of error: Float) -> Estimate {
        let sampled = errors.ranked.count
        let share = Double(sampled - errors.ranked.partitioningIndex { $0 >= error }) / Double(sampled)
        let (z, n) = (Estimate.z, independent)
        let centre = (share * n + z * z / 2) / (n + z * z)
        let margin = z / (n + z * z) * (n * share * (1 - share) + z * z / 4).squareRoot()
        return Estimate(value: share, low: max(centre - margin, 0), high: min(centre + margin, 1))
    }
}

/// The mean number of rows of normal operation for each row with an error at least as large as a given one.
package struct ReturnPeriod: Sendable, Equatable {
    /// The estimate, in rows.
    package let rows: Double
    /// The lower end of its 90 % interval.
    package let low: Double
    /// The upper end; nil if it is beyond ``Severity/maxExtrapolation``.
    package let high: Double?
    /// Whether the estimate is beyond ``Severity/maxExtrapolation``, and `rows` therefore a lower bound.
    package let isLonger: Bool
}

/// A probability with its 90 % interval.
struct Estimate {
    let value, low, high: Double
    /// The quantile .95 of the normal distribution.
    static let z = 1.6448536
}

/// The tail of errors beyond the largest of a calibration: a generalized Pareto distribution of what exceeds
/// a level (peaks over threshold: Coles 2001, chapter 4), fitted by probability-weighted moments (Hosking &
/// Wallis 1987). Its shape is within 0…½: an exponential tail or a heavier one, so that no error is called
/// impossible.
struct ErrorTail {
    /// The level: errors above it belong to the tail.
    let start: Float
    /// The share of all errors that are above the level.
    private let share: Double
    /// σ and ξ.
    private let scale, shape: Double
    /// The number of independent errors above the level.
    private let independent: Double

    /// Fits the tail to 5 % of the errors: at least 20 of the sample, and at most 50.
    /// - Parameter independent: the number of independent errors that tell as much as all of them.
    /// - Returns: nil if the sample is too small or does not vary in the tail.
    init?(_ errors: ErrorDistribution, independent: Double) {
        let ranked = errors.ranked
        let count = min(max(ranked.count / 20, 20), 50)
        guard ranked.count > count else { return nil }
        let level = ranked[ranked.count - count - 1]
        let excesses = ranked.suffix(count).map { Double($0) - Double(level) }
        let mean = excesses.reduce(0, +) / Double(count)
        guard mean > 0 else { return nil }
        // Of the i-th smallest of k, (i - 0.35) / k is the plotting position.
        let weighted = excesses.enumerated().reduce(0) { sum, excess in
            sum + (1 - (Double(excess.offset) + 0.65) / Double(count)) * excess.element / Double(count)
        }
        let difference = mean - 2 * weighted
        start = level
        shape = difference > 0 ? min(max(2 - mean / difference, 0), 0.5) : 0.5
        scale = mean * (1 - shape)
        let share = Double(count) / Double(ranked.count)
        self.share = share
        self.independent = max(1, min(share * independent, Double(count)))
    }

    /// Returns the probability of an error at least this large, above ``start``.
    ///
    /// Its interval has two parts: that of the share above the level, and the extremes of the tail over the
    /// confidence ellipse of log σ and ξ (asymptotic covariance: Coles 2001, section 4.3), which unlike the
    /// delta method never call a larger error more frequent.
    func probability(above error: Float) -> Estimate {
        // Finite, so that no logarithm of 0 meets another one.
        let excess = min(Double(error) - Double(start), 1e12 * scale)
        /// The logarithm of the probability of an excess.
        func tail(_ logScale: Double, _ shape: Double) -> Double {
            let ratio = excess / exp(logScale)
            guard abs(shape) > 1e-6 else { return -ratio }
            let base = 1 + shape * ratio
            return base > 0 ? -log(base) / shape : -.infinity
        }
        let estimate = tail(log(scale), shape)
        // The Cholesky factor of the covariance [2(1 + ξ), -(1 + ξ); -(1 + ξ), (1 + ξ)²] / k.
        let first = (2 * (1 + shape) / independent).squareRoot()
        let mixed = -(1 + shape) / independent / first
        let second = max((1 + shape) * (1 + shape) / independent - mixed * mixed, 0).squareRoot()
        let ends = (0..<48).map { step in
            let angle = 2 * Double.pi * Double(step) / 48
            let (x, y) = (Estimate.z * cos(angle), Estimate.z * sin(angle))
            return tail(log(scale) + first * x, shape + mixed * x + second * y)
        }
        let ofShare = Estimate.z * Estimate.z / independent
        func distance(_ end: Double) -> Double {
            ((end - estimate) * (end - estimate) + ofShare).squareRoot()
        }
        let value = log(share) + estimate
        return Estimate(
            value: exp(value), low: exp(value - distance(ends.min() ?? estimate)),
            high: min(exp(value + distance(ends.max() ?? estimate)), 1))
    }
}

extension Array {
    /// Returns the index of the first element for which `belongs` is true, if it is for all elements after
    /// it.
    func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
