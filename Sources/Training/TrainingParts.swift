import Detection
import NeuralNetwork
import TimeSeries

/// The parts of the windows that a model is trained on, in time order: weights are fitted to the first,
/// `val_loss` is computed from the second, and the threshold is learned from the third.
package struct TrainingParts: Sendable {
    /// The windows that weights are fitted to.
    package let fitted: Range<Int>
    /// The windows that `val_loss` is computed from.
    package let validation: Range<Int>
    /// The windows that are held back for the threshold.
    package let calibration: Range<Int>

    private static let defaultCalibrationShare = 0.2
    /// With fewer windows, none are held back by default.
    private static let minCalibrationWindows = 20

    /// Divides windows by the shares that the options name.
    package init(of windows: Windows<Double>, _ options: TrainingOptions, _ detection: DetectionOptions) {
        let rest = Self.countBeforeCalibration(of: windows, detection)
        fitted = 0..<windows[0..<rest].split(validation: options.validationSplit).training.count
        validation = fitted.upperBound..<rest
        calibration = rest..<windows.count
    }

    /// Windows that all are for the threshold.
    package init(calibrating windows: Windows<Double>) {
        fitted = 0..<0
        validation = 0..<0
        calibration = 0..<windows.count
    }

    /// The number of windows before those that are held back for the threshold.
    package static func countBeforeCalibration(
        of windows: Windows<Double>, _ detection: DetectionOptions
    ) -> Int {
        let share = detection.calibrationSplit ?? defaultCalibrationShare
        let rest = windows.split(validation: share).training.count
        let isHeldBack = detection.calibrationSplit != nil || windows.count - rest >= minCalibrationWindows
        return isHeldBack ? rest : windows.count
    }

    /// The windows that the threshold is learned from.
    var thresholdPart: Range<Int> {
        switch thresholdSource {
        case .calibration: calibration
        case .validation: validation
        case .training: fitted
        }
    }

    /// The part that these windows are: the last that is not empty.
    var thresholdSource: Threshold.Source {
        if !calibration.isEmpty { return .calibration }
        return validation.isEmpty ? .training : .validation
    }
}
