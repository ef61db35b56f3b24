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
}
