import NeuralNetwork

/// An interval for a difference, from resamples of blocks.
package enum BlockBootstrap {
    /// The number of resamples.
    package static let resamples = 1000
    /// The confidence of an interval.
    package static let confidence = 0.95
    /// With fewer blocks that have anomalies, or normal rows, nothing is said.
    package static let minUnits = 5

    /// Returns an interval that contains the true difference with a probability of about 0.95: the
    /// difference ± a quantile of Student's t times the standard deviation of the difference over the
    /// resamples. With t in place of the normal distribution, and n - 1 in place of n, the interval is wide
    /// enough for few blocks, too (Hesterberg, "What Teachers Should Know about the Bootstrap", 2015).
    /// - Parameters:
    ///   - difference: the difference in the data.
    ///   - count: the number of blocks.
    ///   - units: n, the number of blocks that decide, at least ``minUnits``.
    ///   - statistic: the difference when each block counts as often as its weight says; nil if there is
    ///   none.
    /// - Returns: nil if fewer than two resamples have a difference.
    package static func interval(
        around difference: Double, blocks count: Int, units: Int, resamples: Int = Self.resamples,
        seed: UInt64 = 0, statistic: ([Double]) -> Double?
    ) -> ClosedRange<Double>? {
        var generator = SplitMix64(seed: seed)
        var values: [Double] = []
        for _ in 0..<resamples {
            var weights = [Double](repeating: 0, count: count)
            for _ in 0..<count {
                weights[Int(generator.next().multipliedFullWidth(by: UInt64(count)).high)] += 1
            }
            if let value = statistic(weights) { values.append(value) }
        }
        guard values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(values.count - 1)).squareRoot()
        let margin =
            StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: Double(units - 1)) * deviation
            * (Double(units) / Double(units - 1)).squareRoot()
        return (difference - margin)...(difference + margin)
    }
}
