import Glibc
import NeuralNetwork
import TimeSeries

/// What an error is fitted to: the level and the spread of the remainders of windows, which are their
/// residuals without the projection onto the first principal components.
struct Remainders {
    /// F.
    let features: Int
    /// The mean of each feature over the timesteps, `[N][F]`.
    private(set) var levels: [Float] = []
    /// The logarithm of the standard deviation of each feature over the timesteps, `[N][F]`.
    private(set) var spreads: [Float] = []

    /// The minimum variance of a feature, as a share of its variance over the windows that the weights were
    /// fitted to and the calibration windows. Without it, a feature that rests in the calibration windows,
    /// such as a command, has a variance of nearly 0, and its next normal move a huge distance.
    private static let minVarianceShare = 0.3

    /// - Parameters:
    ///   - windows: `[N][T][F]` in scaled units.
    ///   - model: the model that reconstructs them.
    ///   - components: of windows `[T][F]`, with a mean of 0.
    init(of windows: Windows<Float>, by model: Model, without components: PrincipalComponents) {
        features = windows.features
        for chunk in windows.chunks {
            let values = Self.values(
                of: chunk.residuals(from: model.reconstruct(chunk)), without: components)
            let levels = Self.levels(of: values, timesteps: windows.timesteps, features: features)
            self.levels += levels
            spreads += Self.spreads(
                of: values, levels: levels, timesteps: windows.timesteps, features: features)
        }
    }

    /// Returns residuals `[N][T][F]` without their projection onto components.
    static func values(of residuals: [Float], without components: PrincipalComponents) -> [Float] {
        var values = residuals
        components.remove(first: components.count, from: &values, upTo: Mahalanobis.maxDeviations)
        return values
    }

    /// Averages each feature over the timesteps of each window, `[N][T][F]` to `[N][F]`.
    static func levels(of values: [Float], timesteps: Int, features: Int) -> [Float] {
        let size = timesteps * features
        var levels = [Float](repeating: 0, count: values.count / timesteps)
        for index in values.indices { levels[index / size * features + index % features] += values[index] }
        return levels.map { $0 / Float(timesteps) }
    }

    /// Returns the spread of each feature of windows, `[N][T][F]` to `[N][F]`.
    /// - Parameter levels: those of the values, `[N][F]`.
    static func spreads(of values: [Float], levels: [Float], timesteps: Int, features: Int) -> [Float] {
        let size = timesteps * features
        var squares = [Double](repeating: 0, count: levels.count)
        for position in values.indices {
            let index = position / size * features + position % features
            let deviation = Double(values[position]) - Double(levels[index])
            squares[index] += deviation * deviation / Double(timesteps)
        }
        return squares.map { Float(log($0.squareRoot() + Double(LevelSpread.minSpread))) }
    }

    // MARK: Moments

    /// The mean and the variance of each feature over rows of `values` `[rows][F]`.
    static func moments(of values: [Float], features: Int) -> (mean: [Double], variance: [Double]) {
        let count = Double(max(values.count / features, 1))
        var mean = [Double](repeating: 0, count: features)
        for index in values.indices { mean[index % features] += Double(values[index]) / count }
        var variance = [Double](repeating: 0, count: features)
        for index in values.indices {
            let deviation = Double(values[index]) - mean[index % features]
            variance[index % features] += deviation * deviation / count
        }
        return (mean, variance)
    }

    /// The minimum variance of each feature.
    /// - Parameter values: `[rows][F]`, those of the fitted and of the calibration windows.
    static func minVariances(of values: [Float], features: Int) -> [Double] {
        moments(of: values, features: features).variance.map { minVarianceShare * $0 }
    }
}
