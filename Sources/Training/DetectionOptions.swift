import Detection

/// How errors of reconstruction become a threshold.
public struct DetectionOptions: Sendable, Equatable {
    /// The kind of error that is scored; nil takes the default for the data.
    public var errorKind: ErrorKind?
    /// The share of the windows, from the end, that only the threshold is learned from; nil takes a fifth if
    /// that is enough windows for a threshold, and none otherwise.
    public var calibrationSplit: Double?
    /// The rule for the threshold.
    public var rule = Threshold.Rule.standard

    /// The defaults.
    public init() {}

    /// With fewer windows, none are held back from a detector without a network.
    private static let minWindows = 5

    /// Replaces the defaults by those of a detector without a network: the error by which it is fitted, and a
    /// fifth of any number of windows held back. This costs nothing, because it is fitted to all windows in
    /// the end, while its errors on few windows that it was fitted to would be close to 0.
    public mutating func completeForBaseline(windows: Int) {
        errorKind = errorKind ?? .mse
        calibrationSplit = calibrationSplit ?? (windows >= Self.minWindows ? 0.2 : nil)
    }
}
