/// Whether windows look like those that a threshold was learned from.
///
/// Of windows like those, one in ten has an error above the calibration's 0.9 quantile. Where it is one in four, either most
/// of the data are anomalies or the process has moved away from what it was like then, and the threshold's promise is void;
/// the errors alone can't say which.
public struct Drift: Sendable, Equatable {
    /// How many windows were looked at.
    public let windows: Int
    /// The share of them whose error is above the quantile.
    public let share: Double

    /// The share that is expected.
    public static let expected = 0.1
    /// More than this is a drift.
    public static let limit = 0.25
    /// Fewer windows say nothing.
    private static let least = 50

    /// Whether it is one.
    public var isDrift: Bool { share > Self.limit }

    /// Counts; nil where there are too few windows, or too few errors to compare with.
    public init?(of errors: [Float], comparedWith calibration: ErrorDistribution) {
        guard errors.count >= Self.least, calibration.supports(1 - Self.expected) else { return nil }
        let usual = calibration.quantile(1 - Self.expected)
        windows = errors.count
        share = Double(errors.count { $0 > usual }) / Double(errors.count)
    }
}
