import TimeSeries

/// How far windows are from what a model makes of them.
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

    /// The error of each window, `[N]`.
    public internal(set) var windows: [Float] = []
    /// That of each timestep, `[N][T]`; empty unless asked for.
    public internal(set) var timesteps: [Float] = []
    /// That of each feature, `[N][F]`; empty unless asked for.
    public internal(set) var features: [Float] = []

    /// Adds a few windows whose error is the mean of those of all their numbers, `[N][T][F]`.
    mutating func add(_ errors: [Float], _ part: Windows, _ detail: Detail) {
        let (timesteps, features) = (part.timesteps, part.features)
        for start in stride(from: 0, to: errors.count, by: timesteps * features) {
            var sum = 0.0
            var ofTimesteps = [Float](repeating: 0, count: timesteps)
            var ofFeatures = [Float](repeating: 0, count: features)
            for t in 0..<timesteps {
                for f in 0..<features {
                    let error = errors[start + t * features + f]
                    sum += Double(error)
                    ofTimesteps[t] += error / Float(features)
                    ofFeatures[f] += error / Float(timesteps)
                }
            }
            windows.append(Float(sum / Double(timesteps * features)))
            if detail.contains(.timesteps) { self.timesteps += ofTimesteps }
            if detail.contains(.features) { self.features += ofFeatures }
        }
    }
}
