import Detection
import NeuralNetwork
import TimeSeries

/// How to tell anomalies by a model's reconstructions.
public struct DetectionOptions: Sendable, Equatable {
    /// Which error is scored; nil takes what is generally best for the data.
    public var errorKind: ErrorKind?
    /// The share of the windows, from the end, that the threshold is learned from and nothing else; nil holds back a fifth
    /// where that are enough windows for a threshold.
    public var calibrationSplit: Double?
    /// How the threshold is found.
    public var rule = Threshold.Rule.standard

    /// The defaults.
    public init() {}
}

/// What becomes of the windows that a model is trained on, in time order: most are fitted, then come those that
/// `val_loss` is computed from, then those that the threshold is learned from.
package struct TrainingParts: Sendable {
    /// What the weights are fitted to.
    package let fitted: Range<Int>
    /// What `val_loss` is computed from.
    package let validation: Range<Int>
    /// What is held back for the threshold.
    package let calibration: Range<Int>

    /// The share that is held back by default, and the fewest windows that are worth it.
    private static let share = 0.2
    private static let fewest = 20

    package init(of windows: Windows, _ options: TrainingOptions, _ detection: DetectionOptions) {
        let rest = Self.notCalibration(of: windows, detection)
        fitted = 0..<windows[0..<rest].split(validation: options.validationSplit).training.count
        validation = fitted.upperBound..<rest
        calibration = rest..<windows.count
    }

    /// How many windows come before those that are held back for the threshold.
    package static func notCalibration(of windows: Windows, _ detection: DetectionOptions) -> Int {
        let rest = windows.split(validation: detection.calibrationSplit ?? share).training.count
        return detection.calibrationSplit != nil || windows.count - rest >= fewest ? rest : windows.count
    }

    /// The part that the threshold is learned from.
    var thresholdPart: Range<Int> {
        switch thresholdSource {
        case .calibration: calibration
        case .validation: validation
        case .training: fitted
        }
    }

    /// Which part that is.
    var thresholdSource: Threshold.Source {
        if !calibration.isEmpty { return .calibration }
        return validation.isEmpty ? .training : .validation
    }
}
