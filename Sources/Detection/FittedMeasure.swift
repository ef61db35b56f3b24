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
    ///   - components: the principal components of other windows than the calibration windows.
    ///   - refit: returns the components of some windows, if `components` are those of the calibration
    ///     windows: like the measure, they fit these better than new ones. nil if they are those of others.
    /// - Returns: the measure fitted to all calibration windows, the cross-validated error of each, `[N]`,
    ///   and the errors of the fitted windows.
    static func fit(
        to windows: Windows<Float>, fitted: Windows<Float>, model: Model, components: PrincipalComponents,
        refit: ((Windows<Float>) -> PrincipalComponents)? = nil
    ) -> (measure: Self, errors: [Float], fittedErrors: [Float]) {
        func subtracted(_ components: PrincipalComponents) -> PrincipalComponents {
            Mahalanobis.subtracted(of: components, features: windows.features)
        }
        func remainders(of windows: Windows<Float>, without components: PrincipalComponents) -> Remainders {
            Remainders(of: windows, by: model, without: components)
        }
        let components = subtracted(components)
        let calibration = remainders(of: windows, without: components)
        let others = remainders(of: fitted, without: components)
        let errors = Folds.of(windows).flatMap { fold, rest in
            guard let refit else {
                return Self(fittedTo: rest, of: calibration, fitted: others, components: components)
                    .errors(of: calibration, fold)
            }
            let own = subtracted(refit(Folds.sample(of: windows, rest)))
            let calibration = remainders(of: windows, without: own)
            let others = remainders(of: fitted, without: own)
            return Self(fittedTo: rest, of: calibration, fitted: others, components: own)
                .errors(of: calibration, fold)
        }
        let overall = Self(
            fittedTo: Array(0..<windows.count), of: calibration, fitted: others, components: components)
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

    /// Returns the windows with some indices, an evenly spaced sample of many.
    static func sample(of windows: Windows<Float>, _ indices: [Int]) -> Windows<Float> {
        let count = min(indices.count, Mahalanobis.maxSamples)
        let chosen = (0..<count).map { indices[$0 * indices.count / count] }
        return Windows(joining: chosen.map { windows[$0..<($0 + 1)] })
    }
}
