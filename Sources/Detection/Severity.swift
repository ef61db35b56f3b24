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
    package init(_ errors: ErrorDistribution, windows: Int, independent: Double) {
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
