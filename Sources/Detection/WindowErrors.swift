import TimeSeries

/// The errors of windows, and on request of their timesteps and features.
public struct WindowErrors: Sendable {
    /// The errors to compute besides those of the windows.
    public struct Detail: OptionSet, Sendable {
        /// One bit for each option.
        public let rawValue: Int
        /// The error of each timestep, over all features.
        public static let timesteps = Detail(rawValue: 1)
        /// The error of each feature, over all timesteps.
        public static let features = Detail(rawValue: 2)

        /// Creates a set from its bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
    }

    /// The error of each window, `[N]`.
    public internal(set) var windows: [Float] = []
    /// The error of each timestep, `[N][T]`; empty unless requested.
    public internal(set) var timesteps: [Float] = []
    /// The error of each feature, `[N][F]`; empty unless requested. Doubles, so that the shares of features
    /// are right however large an error is.
    public internal(set) var features: [Double] = []

    /// Appends the errors of windows. Each is the mean of the errors of its values, limited to finite
    /// numbers.
    /// - Parameters:
    ///   - residuals: `[N][T][F]`.
    ///   - windows: the N windows.
    ///   - detail: the errors to append besides those of the windows.
    ///   - error: returns the error of a value from its residual.
    mutating func add(
        _ residuals: [Float], _ windows: Windows<Float>, _ detail: Detail, error: (Double) -> Double
    ) {
        let (timesteps, features) = (windows.timesteps, windows.features)
        for start in stride(from: 0, to: residuals.count, by: timesteps * features) {
            var sum = 0.0
            var timestepErrors = [Double](repeating: 0, count: timesteps)
            var featureErrors = [Double](repeating: 0, count: features)
            for t in 0..<timesteps {
                for f in 0..<features {
                    let error = error(Double(residuals[start + t * features + f]))
                    sum += error
                    timestepErrors[t] += error / Double(features)
                    featureErrors[f] += error / Double(timesteps)
                }
            }
            self.windows.append(Float.limiting(sum / Double(timesteps * features)))
            if detail.contains(.timesteps) { self.timesteps += timestepErrors.map { Float.limiting($0) } }
            if detail.contains(.features) { self.features += featureErrors }
        }
    }
}
