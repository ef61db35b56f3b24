import Glibc

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
    /// log σ and ξ on the confidence ellipse around them (asymptotic covariance: Coles 2001, section 4.3).
    private let ellipse: [(logScale: Double, shape: Double)]
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
        let shape = difference > 0 ? min(max(2 - mean / difference, 0), 0.5) : 0.5
        let scale = mean * (1 - shape)
        let share = Double(count) / Double(ranked.count)
        let above = max(1, min(share * independent, Double(count)))
        // The Cholesky factor of the covariance [2(1 + ξ), -(1 + ξ); -(1 + ξ), (1 + ξ)²] / k.
        let first = (2 * (1 + shape) / above).squareRoot()
        let mixed = -(1 + shape) / above / first
        let second = max((1 + shape) * (1 + shape) / above - mixed * mixed, 0).squareRoot()
        ellipse = (0..<48).map { step in
            let angle = 2 * Double.pi * Double(step) / 48
            let (x, y) = (Estimate.z * cos(angle), Estimate.z * sin(angle))
            return (log(scale) + first * x, shape + mixed * x + second * y)
        }
        (self.shape, self.scale, self.share, self.independent) = (shape, scale, share, above)
    }

    /// Returns the probability of an error at least this large, above ``start``.
    ///
    /// Its interval has two parts: that of the share above the level, and the extremes of the tail over the
    /// confidence ellipse, which unlike the delta method never call a larger error more frequent.
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
        let ends = ellipse.map { tail($0.logScale, $0.shape) }
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

/// A probability with its 90 % interval.
struct Estimate {
    let value, low, high: Double
    /// The quantile .95 of the normal distribution.
    static let z = 1.6448536
}
