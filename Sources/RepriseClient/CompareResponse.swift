/// The response of `POST /compare`.
public struct CompareResponse: Decodable, Sendable {
    /// A network or a baseline. Measures are means over the seeds; nil where the detector or the data have
    /// none.
    public struct Detector: Decodable, Sendable {
        /// `autoencoder`, `stacked`, `pca` or `z_score`.
        public let detector: String
        /// The number of weights; nil for a baseline.
        public let parameters: Int?
        /// The duration of training for all seeds.
        public let seconds: Double?
        /// The mean squared error of the test windows, in scaled units.
        public let error: Double?
        /// Measures that do not depend on the learned threshold; nil without labels.
        public let rocAuc, averagePrecision, bestF1: Double?
        /// Measures at the learned threshold; nil without labels.
        public let f1, falseAlarmRate: Double?
        /// The trainings of a network, one for each seed; nil for a baseline.
        public let runs: [Run]?
    }

    /// A training of a network.
    public struct Run: Decodable, Sendable {
        /// The seed of its weights.
        public let seed: Int
        /// The version that it made.
        public let version: Int
        /// Reasons to doubt the network or its threshold.
        public let warnings: [ServerWarning]
    }

    /// The networks, then the baselines.
    public let detectors: [Detector]
    /// Reasons not to rely on the figures.
    public let warnings: [ServerWarning]
    /// Which detector is best.
    public let verdict: VerdictResponse
}
