import NeuralNetwork
import TimeSeries

/// What can be had without a network, learned from the same windows: what a network has to beat.
public struct Baselines: Sendable, Equatable {
    /// The mean and the deviation of each feature, in scaled units.
    public let rows: Scaler
    /// Of the windows, in scaled units.
    public let components: PrincipalComponents

    /// Numbers of all components together.
    private static let mostNumbers = 1 << 19

    /// Takes what was learned before.
    package init(rows: Scaler, components: PrincipalComponents) {
        self.rows = rows
        self.components = components
    }

    /// Learns from windows in scaled units: the features' levels from all, components from those that the weights are fitted
    /// to, as a network does. There are 16 components, but not more than half of a window's numbers, and not more than a file's
    /// metadata have room for.
    init(learnedFrom windows: Windows, fitted: Range<Int>) {
        rows = Scaler(.standard, learnedFrom: windows.series, rows: windows.coveredRows)
        let size = windows.timesteps * windows.features
        components = PrincipalComponents(
            of: windows[fitted], count: min(16, size / 2, Self.mostNumbers / size))
    }

    /// The mean square of each window's z-scores, `[N]`.
    /// - Parameter windows: in scaled units.
    package func zScoreErrors(of windows: Windows) -> [Float] {
        let (features, timesteps) = (windows.features, windows.timesteps)
        let values = windows.series.values
        let ofRows = (0..<windows.series.rows).map { row -> Float in
            var sum: Float = 0
            for feature in 0..<features {
                let z = (values[row * features + feature] - rows.offset[feature]) / rows.scale[feature]
                sum += z * z
            }
            return sum / Float(features)
        }
        return windows.starts.map { start in
            ofRows[start..<(start + timesteps)].reduce(0, +) / Float(timesteps)
        }
    }

    /// The mean squared error of each window as the principal components reconstruct it, `[N]`.
    /// - Parameter windows: in scaled units.
    package func pcaErrors(of windows: Windows) -> [Float] {
        let size = windows.timesteps * windows.features
        return windows.slices.flatMap { part -> [Float] in
            let means = (0..<part.count).flatMap { _ in components.mean }
            var rest = part.differences(from: means)
            components.remove(first: components.count, from: &rest)
            return stride(from: 0, to: rest.count, by: size).map { start in
                rest[start..<(start + size)].reduce(0) { $0 + $1 * $1 } / Float(size)
            }
        }
    }
}

/// The baselines' errors of the windows that thresholds are learned from.
public struct BaselineErrors: Sendable, Equatable {
    /// Those of the z-score.
    public let zScore: ErrorDistribution
    /// Those of the principal components.
    public let pca: ErrorDistribution

    /// Takes what was kept.
    package init(zScore: ErrorDistribution, pca: ErrorDistribution) {
        self.zScore = zScore
        self.pca = pca
    }
}
