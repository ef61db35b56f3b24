/// The errors of the calibration windows under each baseline, from which the baselines' thresholds follow.
public struct BaselineErrors: Sendable, Equatable {
    /// The errors of ``Baselines/zScoreErrors(of:)``.
    public let zScore: ErrorDistribution
    /// The errors of ``Baselines/pcaErrors(of:)``.
    public let pca: ErrorDistribution

    /// Restores distributions that were stored.
    package init(zScore: ErrorDistribution, pca: ErrorDistribution) {
        self.zScore = zScore
        self.pca = pca
    }
}
