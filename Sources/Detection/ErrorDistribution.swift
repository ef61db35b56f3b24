import TimeSeries

/// What thresholds are computed from: the errors of the calibration windows and, to learn from more of the
/// normal operation, of the windows that the weights were fitted to.
public struct ErrorDistribution: Sendable, Equatable {
    /// The errors of the calibration windows.
    package let calibration: ErrorSample
    /// The mean of all errors of the calibration windows.
    public let mean: Double
    /// The population standard deviation of all errors of the calibration windows.
    public let standardDeviation: Double
    /// The errors of windows that the weights were fitted to; nil if these are the calibration windows, or
    /// unknown.
    package let fitted: ErrorSample?
    /// The smallest threshold: what the precision of the data and of the network leave of an error.
    package let floor: Float

    /// n, the number of calibration windows.
    public var count: Int { calibration.count }
    /// A sample of the errors of the calibration windows, ascending and evenly spaced by rank.
    public var ranked: [Float] { calibration.ranked }

    /// The number of errors that are kept, which determines the memory that the distribution takes.
    package var valueCount: Int { ranked.count + (fitted?.ranked.count ?? 0) }

    /// Restores a distribution that was stored.
    /// - Parameters:
    ///   - calibration: the errors of the calibration windows.
    ///   - mean: nil for the mean of the sample.
    ///   - standardDeviation: nil for that of the sample.
    package init(
        _ calibration: ErrorSample, mean: Double? = nil, standardDeviation: Double? = nil,
        fitted: ErrorSample? = nil, floor: Float = 0
    ) {
        self.calibration = calibration
        let moments = Self.moments(of: calibration.ranked)
        self.mean = mean ?? moments.mean
        self.standardDeviation = standardDeviation ?? moments.standardDeviation
        self.fitted = fitted
        self.floor = floor
    }

    /// Samples the errors of calibration windows, in any order; nil if there are none or one of them is not
    /// finite.
    /// - Parameters:
    ///   - errors: those of the calibration windows.
    ///   - independent: the number of windows without common rows that tell as much; nil if it is unknown.
    ///   - fitted: the errors of windows that the weights were fitted to.
    ///   - floor: the smallest threshold.
    package init?(
        of errors: [Float], independent: Int? = nil, fitted: ErrorSample? = nil, floor: Float = 0
    ) {
        guard let calibration = ErrorSample(of: errors, independent: independent) else { return nil }
        let moments = Self.moments(of: errors)
        self.init(
            calibration, mean: moments.mean, standardDeviation: moments.standardDeviation, fitted: fitted,
            floor: floor)
    }

    private static func moments(of errors: [Float]) -> (mean: Double, standardDeviation: Double) {
        let count = Double(max(errors.count, 1))
        let mean = errors.reduce(0) { $0 + Double($1) } / count
        let variance = errors.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return (mean, variance.squareRoot())
    }

    /// Returns the conformal quantile of the calibration errors (``ErrorSample/quantile(_:)``).
    public func quantile(_ q: Double) -> Float { calibration.quantile(q) }

    /// Whether there are enough calibration errors for the guarantee of ``quantile(_:)``.
    public func supports(_ q: Double) -> Bool { calibration.supports(q) }

    /// Returns the error that new normal windows exceed with a probability of about 1 - q: the larger of the
    /// limits of the calibration windows and of the fitted ones (``ErrorSample/limit(_:)``), and at least
    /// ``floor``.
    ///
    /// The fitted windows have smaller errors than new ones, but they show operation that the calibration
    /// windows, which are fewer and the last, may not contain.
    /// - Parameter q: 0…1.
    public func upperLimit(_ q: Double) -> Float {
        max(calibration.limit(q), fitted?.limit(q) ?? 0, floor)
    }

    /// Returns the share of the sampled calibration errors above `error`, 0…1.
    package func share(above error: Float) -> Double {
        Double(ranked.count { $0 > error }) / Double(ranked.count)
    }
}
