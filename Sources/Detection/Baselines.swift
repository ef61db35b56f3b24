import NeuralNetwork
import TimeSeries

/// Detectors without a network that are fitted to the same windows, for comparison: z-scores and principal
/// components.
public struct Baselines: Sendable, Equatable {
    /// The mean and the standard deviation of each feature, in scaled units.
    public let rowScaler: Scaler
    /// The principal components of the training windows, in scaled units.
    public let components: PrincipalComponents

    /// Restores baselines that were fitted before.
    package init(rowScaler: Scaler, components: PrincipalComponents) {
        self.rowScaler = rowScaler
        self.components = components
    }

    /// Fits the row scaler and the components to windows.
    /// - Parameter windows: `[N][T][F]` in scaled units.
    init(fittedTo windows: Windows<Float>) {
        rowScaler = Scaler(.standard, fittedTo: windows.series, rows: windows.coveredRows)
        components = Self.components(of: windows)
    }

    /// Fits the row scaler and the mean window to windows, and keeps the components of a model.
    ///
    /// Components of the windows that calibrate would fit these better than any others: with 120 rows of slow
    /// waves, two thirds of the next normal windows were above the threshold.
    init(of model: Baselines, fittedTo windows: Windows<Float>) {
        rowScaler = Scaler(.standard, fittedTo: windows.series, rows: windows.coveredRows)
        components = PrincipalComponents(model.components, centredOn: windows)
    }

    /// Returns the components of windows (``NeuralNetwork/Baseline/componentCount(windowSize:)``), few
    /// enough to fit into a file's metadata.
    static func components(of windows: Windows<Float>) -> PrincipalComponents {
        let size = windows.timesteps * windows.features
        return PrincipalComponents(of: windows, count: Baseline.componentCount(windowSize: size))
    }

    /// Returns the mean square of the z-scores of each window, `[N]`.
    /// - Parameter windows: `[N][T][F]` in scaled units.
    package func zScoreErrors(of windows: Windows<Float>) -> [Float] {
        let (features, timesteps) = (windows.features, windows.timesteps)
        let values = windows.series.values
        let (offset, scale) = (rowScaler.offset, rowScaler.scale)
        let rowErrors = (0..<windows.series.rows).map { row -> Double in
            var sum = 0.0
            for feature in 0..<features {
                let z = (Double(values[row * features + feature]) - offset[feature]) / scale[feature]
                sum += z * z
            }
            return sum / Double(features)
        }
        return windows.starts.map { start in
            Float.limiting(rowErrors[start..<(start + timesteps)].reduce(0, +) / Double(timesteps))
        }
    }

    /// Returns the mean squared error of each window's reconstruction from the principal components, `[N]`.
    /// - Parameter windows: `[N][T][F]` in scaled units.
    package func pcaErrors(of windows: Windows<Float>) -> [Float] {
        let size = windows.timesteps * windows.features
        return windows.chunks.flatMap { chunk -> [Float] in
            let means = (0..<chunk.count).flatMap { _ in components.mean }
            var residuals = chunk.residuals(from: means)
            components.remove(first: components.count, from: &residuals)
            return stride(from: 0, to: residuals.count, by: size).map { start in
                min(
                    residuals[start..<(start + size)].reduce(0) { $0 + $1 * $1 } / Float(size),
                    .greatestFiniteMagnitude)
            }
        }
    }
}
