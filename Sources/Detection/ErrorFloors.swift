import TimeSeries

/// The smallest thresholds that mean anything for some data: errors below are those of rounding and of a
/// network that does not end exactly at its optimum.
struct ErrorFloors {
    /// The mean square that a residual has to exceed.
    private let meanSquare: Double

    /// A thousandth of the standard deviation, as a share of the variance.
    private static let varianceShare = 1e-6
    /// The square of the precision of float32, 2⁻²⁴, with a margin for sums.
    private static let precision = 0x1p-44
    /// The smallest threshold for a Mahalanobis distance, which is about 1 for normal windows.
    private static let distance: Float = 0.01
    /// The same with the distance of the spread, a logarithm, which rounding moves further.
    private static let spreadDistance: Float = 0.1

    /// - Parameter windows: all windows of the training data, in scaled units.
    init(of windows: Windows<Float>) {
        let features = windows.features
        var (count, sums, squares) = (0.0, [Double](repeating: 0, count: features), 0.0)
        for row in windows.coveredRows.joined() {
            count += 1
            for feature in 0..<features {
                let value = Double(windows.series.values[row * features + feature])
                sums[feature] += value
                squares += value * value
            }
        }
        let size = max(count, 1) * Double(features)
        let variance = max(0, squares - sums.reduce(0) { $0 + $1 * $1 / max(count, 1) }) / size
        let floor = max(Self.varianceShare * variance, Self.precision * squares / size)
        // Scaled data that never vary are all 0: a thousandth of their unit.
        meanSquare = floor > 0 ? floor : Self.varianceShare
    }

    /// The smallest threshold for an error kind.
    func floor(of kind: ErrorKind) -> Float {
        switch kind {
        case .mse: Float.limiting(meanSquare)
        case .mae: Float.limiting(meanSquare.squareRoot())
        case .mahalanobis: Self.distance
        case .levelSpread: Self.spreadDistance
        }
    }
}
