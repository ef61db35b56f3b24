/// The paths of Azure's Anomaly Detector.
enum AzurePath {
    /// The prefix of every path.
    static let root = "/anomalydetector/"
    static let models = root + "v1.1/multivariate/models"
    static let results = root + "v1.1/multivariate/detect-batch"
}
