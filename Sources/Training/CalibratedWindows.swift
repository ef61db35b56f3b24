import Detection
import ModelFiles
import TimeSeries

/// The windows among some that a version was calibrated with.
struct CalibratedWindows {
    /// Their indices among all windows, ascending.
    let indices: [Int]
    /// The windows.
    let windows: Windows<Double>

    /// Finds the windows.
    ///
    /// A training calibrates with the last of its windows, a calibration with all of them; both may leave
    /// out those that contain outliers. Which data these were is not stored, but the errors of the z-score
    /// baseline are: they need no network and no covariance, so that the same windows have the same ones.
    /// - Parameters:
    ///   - description: the version.
    ///   - all: windows of the version's shape.
    ///   - zScores: their errors under the version's z-score baseline.
    /// - Returns: nil if the windows are not among them, and for a version without baselines.
    init?(of description: ModelDescription, among all: Windows<Double>, zScores: [Float]) {
        guard let known = description.baselineErrors?.zScore else { return nil }
        func found(_ candidates: Windows<Double>) -> CalibratedWindows? {
            let windows = candidates[max(0, candidates.count - known.count)..<candidates.count]
            let isOne = all.areAmong(windows)
            let indices = isOne.indices.filter { isOne[$0] }
            guard known.isDistribution(of: indices.map { zScores[$0] }) else { return nil }
            return CalibratedWindows(indices: indices, windows: windows)
        }
        func withoutOutliers() -> CalibratedWindows? {
            let outliers = Outliers(in: all.series, rows: all.coveredRows)
            return outliers.isEmpty
                ? nil : found(all.excluding(rows: outliers.flags(rows: all.series.rows)))
        }
        guard let found = found(all) ?? withoutOutliers() else { return nil }
        self = found
    }

    private init(indices: [Int], windows: Windows<Double>) {
        self.indices = indices
        self.windows = windows
    }
}
