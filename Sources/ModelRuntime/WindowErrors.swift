import NeuralNetwork
import TimeSeries

/// How far windows are from what a model makes of them, in scaled units.
public struct WindowErrors: Sendable {
    /// Whose error is wanted beside the windows' own.
    public struct Detail: OptionSet, Sendable {
        /// A bit for each.
        public let rawValue: Int
        /// Each timestep's, over all features.
        public static let timesteps = Detail(rawValue: 1)
        /// Each feature's, over all timesteps.
        public static let features = Detail(rawValue: 2)

        /// Those whose bits are set.
        public init(rawValue: Int) { self.rawValue = rawValue }
    }

    /// The mean squared error of each window, `[N]`.
    public private(set) var windows: [Float] = []
    /// That of each timestep, `[N][T]`; empty unless asked for.
    public private(set) var timesteps: [Float] = []
    /// That of each feature, `[N][F]`; empty unless asked for.
    public private(set) var features: [Float] = []

    /// Adds a few windows, whose reconstructions are `[N][T][F]`.
    fileprivate mutating func add(_ part: Windows, _ reconstructions: [Float], _ detail: Detail) {
        windows += meanSquaredErrors(of: part, reconstructions: reconstructions)
        guard !detail.isEmpty else { return }
        let (timesteps, features) = (part.timesteps, part.features)
        for index in 0..<part.count {
            var ofTimesteps = [Float](repeating: 0, count: timesteps)
            var ofFeatures = [Float](repeating: 0, count: features)
            let start = index * timesteps * features
            part.withWindow(index) { window in
                for t in 0..<timesteps {
                    for f in 0..<features {
                        let difference = window[t * features + f] - reconstructions[start + t * features + f]
                        ofTimesteps[t] += difference * difference / Float(features)
                        ofFeatures[f] += difference * difference / Float(timesteps)
                    }
                }
            }
            if detail.contains(.timesteps) { self.timesteps += ofTimesteps }
            if detail.contains(.features) { self.features += ofFeatures }
        }
    }
}

extension Model {
    /// Windows that are in memory with their reconstructions at the same time: all those of overlapping windows together
    /// can be T times as large as their series.
    private static let slice = 4096

    /// The errors of windows, a few thousand at a time.
    /// - Parameter windows: in scaled units, of the network's input shape.
    func errors(of windows: Windows, _ detail: WindowErrors.Detail = []) -> WindowErrors {
        var errors = WindowErrors()
        for start in stride(from: 0, to: windows.count, by: Self.slice) {
            let part = windows[start..<min(start + Self.slice, windows.count)]
            errors.add(part, reconstruct(part), detail)
        }
        return errors
    }
}

extension TrainedModel {
    /// The errors of windows.
    /// - Parameter windows: in the data's units, of the model's input shape.
    public func errors(of windows: Windows, _ detail: WindowErrors.Detail = []) -> WindowErrors {
        model.errors(of: scale(windows), detail)
    }
}
