import TimeSeries

/// The errors of calibration rows in the mode ``TimeSeries/RowMode/whole``, from which the threshold of that
/// mode follows.
public struct RowErrors: Sendable, Equatable {
    /// The length of the moving average, in rows.
    public let smoothing: Int
    /// The errors of the rows.
    public let errors: ErrorDistribution

    /// Restores errors that were stored.
    /// - Parameter smoothing: rows, at least 1.
    package init(smoothing: Int, errors: ErrorDistribution) {
        self.smoothing = smoothing
        self.errors = errors
    }

    /// The rule for rows: the mean of the windows that cover a row, smoothed.
    package var rule: RowRule { RowRule(.mean, smoothing: smoothing) }

    /// Turns errors of calibration windows into those of their rows, with a moving average over two windows.
    /// - Parameters:
    ///   - errors: `[N]`, one for each window.
    ///   - windows: the calibration windows, `[N][T][F]`.
    /// - Returns: nil if an error is not finite.
    init?(of errors: [Float], _ windows: Windows<Float>) {
        smoothing = 2 * windows.timesteps
        let rows = RowRule(.mean, smoothing: smoothing).rowScores(of: errors, windows: windows)
        guard let errors = ErrorDistribution(of: rows.filter { !$0.isNaN }) else { return nil }
        self.errors = errors
    }
}
