/// The kinds of error between a window and its reconstruction.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// The mean squared error.
    case mse
    /// The mean absolute error.
    case mae
    /// The Mahalanobis distance of the mean residual (see ``Mahalanobis``).
    case mahalanobis
    /// The mean of the Mahalanobis distance of the mean residual and the distance of the residual's spread
    /// (see ``LevelSpread``).
    case levelSpread = "level_spread"

    /// The maximum number of features of the windows; nil if any number is possible.
    public var maxFeatures: Int? {
        switch self {
        case .mse, .mae: nil
        case .mahalanobis, .levelSpread: Mahalanobis.maxFeatures
        }
    }
}
