/// The kinds of error between a window and its reconstruction.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// The mean squared error.
    case mse
    /// The mean absolute error.
    case mae
    /// The Mahalanobis distance of the mean residual (see ``Mahalanobis``).
    case mahalanobis

    /// The maximum number of features of the windows; nil if any number is possible.
    public var maxFeatures: Int? {
        switch self {
        case .mse, .mae: nil
        case .mahalanobis: Mahalanobis.maxFeatures
        }
    }
}
