import NeuralNetwork
import TimeSeries

/// One version of a model as it is served: an immutable value, shared by every request that uses it.
public struct TrainedModel: Sendable {
    /// What training was asked to do.
    public let specification: TrainingSpecification
    /// The layers with their weights; works in scaled units.
    public let model: Model
    /// Between the data's units and scaled units.
    public let scaler: Scaler
    /// The losses of each epoch.
    public let history: [EpochReport]
    /// The epoch whose weights were kept, counted from 1.
    public let epoch: Int
    /// The error in scaled units above which a window is an anomaly.
    public let threshold: Threshold
    /// Time spent fitting, in seconds.
    public let seconds: Double

    /// T and F of its windows.
    public var inputShape: Shape { model.network.inputShape }
    /// The loss of the epoch whose weights were kept.
    public var loss: Double { history[epoch - 1].loss }

    /// What a model gives back for some windows.
    public struct Reconstruction: Sendable {
        /// `[N][T][F]` in the data's units.
        public let values: [Float]
        /// The mean squared error of each window in the data's units, `[N]`.
        public let errors: [Float]
        /// The mean squared error of each window in scaled units, `[N]`: the one that the threshold is for.
        public let scaledErrors: [Float]
    }

    /// Passes windows through the network and compares.
    /// - Parameter windows: in the data's units, of the model's input shape.
    public func reconstruct(_ windows: Windows) -> Reconstruction {
        let scaled = scale(windows)
        var values = model.reconstruct(scaled)
        let scaledErrors = meanSquaredErrors(of: scaled, reconstructions: values)
        guard scaler.scaling != .none else {
            return Reconstruction(values: values, errors: scaledErrors, scaledErrors: scaledErrors)
        }
        scaler.undo(&values)
        let errors = meanSquaredErrors(of: windows, reconstructions: values)
        return Reconstruction(values: values, errors: errors, scaledErrors: scaledErrors)
    }

    /// The encoding of each window, `[N][Z]`; nil for a network without one.
    /// - Parameter windows: in the data's units, of the model's input shape.
    public func encode(_ windows: Windows) -> [Float]? { model.encode(scale(windows)) }

    private func scale(_ windows: Windows) -> Windows {
        guard scaler.scaling != .none else { return windows }
        var values = windows.series.values
        scaler.apply(to: &values)
        return windows.over(values)
    }
}

/// An error limit learned when training ends.
public struct Threshold: Sendable, Equatable {
    /// The windows whose errors it was learned from.
    public enum Source: String, Sendable, CaseIterable {
        /// Windows held back by the validation split: the weights were not fitted to them.
        case validation
        /// The training windows, for want of others: errors of new windows tend to be larger.
        case training
    }

    /// The quantile of the errors that it is.
    public static let quantile = 0.99

    /// In scaled units.
    public let value: Float
    /// Where it comes from.
    public let source: Source
}
