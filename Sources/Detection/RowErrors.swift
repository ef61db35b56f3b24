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
    ///
    /// Rows tell something new every 2T rows. Rows of fitted windows are not learned from: the threshold of
    /// windows, which is a lower bound of the one of rows, covers what these windows show.
    /// - Parameters:
    ///   - errors: `[N]`, one for each window.
    ///   - windows: the calibration windows, `[N][T][F]`.
    ///   - floor: the smallest threshold.
    /// - Returns: nil if an error is not finite.
    init?(of errors: [Float], _ windows: Windows<Float>, floor: Float) {
        let smoothing = 2 * windows.timesteps
        self.smoothing = smoothing
        let rows = RowRule(.mean, smoothing: smoothing).rowScores(of: errors, windows: windows)
        let independent = windows.coveredRows.reduce(0) { $0 + max(1, $1.count / smoothing) }
        guard
            let errors = ErrorDistribution(
                of: rows.filter { !$0.isNaN }, independent: independent, floor: floor)
        else { return nil }
        self.errors = errors
    }
}
