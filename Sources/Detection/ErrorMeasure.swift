import NeuralNetwork
import TimeSeries

/// An error kind with its fitted parameters.
public enum ErrorMeasure: Sendable, Equatable {
    /// The mean squared and the mean absolute error, which have no parameters.
    case meanSquared, meanAbsolute
    /// The Mahalanobis distance with the distribution of normal residuals.
    case mahalanobis(Mahalanobis)
    /// The distances of level and spread with the distribution of normal residuals.
    case levelSpread(LevelSpread)

    /// The error kind without its parameters.
    public var kind: ErrorKind {
        switch self {
        case .meanSquared: .mse
        case .meanAbsolute: .mae
        case .mahalanobis: .mahalanobis
        case .levelSpread: .levelSpread
        }
    }

    /// The principal components that are subtracted from residuals; nil for kinds without.
    var components: PrincipalComponents? {
        switch self {
        case .meanSquared, .meanAbsolute: nil
        case .mahalanobis(let measure): measure.components
        case .levelSpread(let measure): measure.level.components
        }
    }

    /// Reconstructs windows and returns their errors.
    /// - Parameters:
    ///   - windows: `[N][T][F]` in scaled units, of the model's input shape.
    ///   - model: the model that reconstructs them.
    ///   - detail: the errors to return besides those of the windows.
    package func errors(
        of windows: Windows<Float>, by model: Model, _ detail: WindowErrors.Detail = []
    ) -> WindowErrors {
        var errors = WindowErrors()
        for chunk in windows.chunks { add(chunk, model.reconstruct(chunk), to: &errors, detail) }
        return errors
    }

    /// Returns the errors of windows with given reconstructions.
    /// - Parameters:
    ///   - windows: `[N][T][F]` in scaled units.
    ///   - reconstructions: `[N][T][F]` in scaled units.
    package func errors(of windows: Windows<Float>, reconstructions: [Float]) -> WindowErrors {
        var errors = WindowErrors()
        add(windows, reconstructions, to: &errors, [])
        return errors
    }

    private func add(
        _ windows: Windows<Float>, _ reconstructions: [Float], to errors: inout WindowErrors,
        _ detail: WindowErrors.Detail
    ) {
        switch self {
        case .meanSquared:
            // The same sum with and without details, so that all paths have the same score.
            errors.windows += meanSquaredErrors(of: windows, reconstructions: reconstructions)
            guard !detail.isEmpty else { return }
            var details = WindowErrors()
            details.add(windows.residuals(from: reconstructions), windows, detail) { $0 * $0 }
            errors.timesteps += details.timesteps
            errors.features += details.features
        case .meanAbsolute:
            errors.add(windows.residuals(from: reconstructions), windows, detail) { abs($0) }
        case .mahalanobis(let measure):
            measure.add(windows.residuals(from: reconstructions), to: &errors, detail)
        case .levelSpread(let measure):
            measure.add(windows.residuals(from: reconstructions), to: &errors, detail)
        }
    }
}
