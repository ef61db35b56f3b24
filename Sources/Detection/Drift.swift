/// A check whether windows are distributed like the calibration windows.
///
/// Of windows like the calibration windows, 10 % have an error above the 0.9 quantile of the calibration
/// errors. If more than 25 % have, either most of them are anomalies or the process has drifted, and the
/// false alarm rate of the threshold no longer holds. The errors alone cannot tell the two apart.
public struct Drift: Sendable, Equatable {
    /// The number of windows that were checked.
    public let windows: Int
    /// The share of the windows whose error is above the quantile, 0…1.
    public let share: Double

    /// The share that is expected without drift.
    public static let expectedShare = 0.1
    /// A share above this is a drift.
    public static let maxShare = 0.25
    /// The minimum number of windows for a check.
    private static let minWindows = 50

    /// Whether the share is above ``maxShare``.
    public var isDrift: Bool { share > Self.maxShare }

    /// Compares errors of windows with the calibration errors.
    ///
    /// nil for fewer than 50 windows, and for too few calibration errors to support the quantile.
    public init?(of errors: [Float], comparedWith calibration: ErrorDistribution) {
        guard errors.count >= Self.minWindows, calibration.supports(1 - Self.expectedShare) else {
            return nil
        }
        let level = max(calibration.quantile(1 - Self.expectedShare), calibration.floor)
        windows = errors.count
        share = Double(errors.count { $0 > level }) / Double(errors.count)
    }
}
