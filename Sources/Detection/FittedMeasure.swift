import NeuralNetwork
import TimeSeries

/// An error measure that is fitted to the remainders of calibration windows.
protocol FittedMeasure {
    /// Fits the measure.
    /// - Parameters:
    ///   - rows: the indices of the calibration windows to fit to.
    ///   - calibration: the remainders of all calibration windows.
    ///   - fitted: those of windows that the weights were fitted to; may be none.
    ///   - components: the principal components that the remainders lack.
    init(
        fittedTo rows: [Int], of calibration: Remainders, fitted: Remainders, components: PrincipalComponents)

    /// Returns the errors of windows, `[rows]`.
    func errors(of remainders: Remainders, _ rows: Range<Int>) -> [Float]
}

extension FittedMeasure {
    /// Fits the measure, and computes the errors of the calibration windows by cross-validation: those of a
    /// fold with the measure of the other folds, because a measure fits the windows that it was computed from
    /// better than new ones.
    /// - Parameters:
    ///   - windows: the calibration windows, `[N][T][F]` in scaled units.
    ///   - fitted: windows that the weights were fitted to; may be none.
    ///   - model: the model that reconstructs them.
    ///   - components: the principal components of the fitted windows.
    /// - Returns: the measure fitted to all calibration windows, the cross-validated error of each, `[N]`,
    ///   and the errors of the fitted windows.
    static func fit(
        to windows: Windows<Float>, fitted: Windows<Float>, model: Model, components: PrincipalComponents
    ) -> (measure: Self, errors: [Float], fittedErrors: [Float]) {
        let components = Mahalanobis.subtracted(of: components, features: windows.features)
        let calibration = Remainders(of: windows, by: model, without: components)
        let others = Remainders(of: fitted, by: model, without: components)
        func measure(_ rows: [Int]) -> Self {
            Self(fittedTo: rows, of: calibration, fitted: others, components: components)
        }
        let errors = Folds.of(windows).flatMap { measure($0.others).errors(of: calibration, $0.fold) }
        let overall = measure(Array(0..<windows.count))
        return (overall, errors, overall.errors(of: others, 0..<fitted.count))
    }
}

/// The division of calibration windows into folds.
private enum Folds {
    private static let count = 5

    /// Returns the windows of each fold, and those that its errors are computed from: those outside. For few
    /// windows it is a single fold that is computed from itself.
    static func of(_ windows: Windows<Float>) -> [(fold: Range<Int>, others: [Int])] {
        guard windows.count >= 2 * count else { return [(0..<windows.count, Array(0..<windows.count))] }
        return (0..<count).map { number in
            let fold = (number * windows.count / count)..<((number + 1) * windows.count / count)
            return (fold, indices(outside: fold, of: windows))
        }
    }

    /// Returns the indices of the windows outside a fold. Windows that share rows with the fold are left out
    /// too, if at least `minWindows` remain.
    private static func indices(outside fold: Range<Int>, of windows: Windows<Float>) -> [Int] {
        let outside = (0..<windows.count).filter { !fold.contains($0) }
        let (first, last) = (windows.starts[fold.lowerBound], windows.starts[fold.upperBound - 1])
        let separate = outside.filter {
            windows.starts[$0] + windows.timesteps <= first || windows.starts[$0] >= last + windows.timesteps
        }
        return separate.count >= Mahalanobis.minWindows ? separate : outside
    }
}
