import Detection
import ModelFormats

/// ``Detection/ErrorMeasure`` as ONNX operators: a function for each error kind, and a file for each that
/// has one in `Sources/Detection`.
extension ONNXGraph {
    /// The error of each window, `[batch]`, not yet limited to finite numbers.
    /// - Parameters:
    ///   - residuals: window - reconstruction, `[batch, T, F]` in scaled units.
    ///   - timesteps: T.
    ///   - features: F.
    mutating func error(
        _ measure: ErrorMeasure, of residuals: Value, timesteps: Int, features: Int
    ) -> Value {
        switch measure {
        case .meanSquared: meanSquared(residuals, count: timesteps * features)
        case .meanAbsolute: meanAbsolute(residuals)
        case .mahalanobis(let measure): mahalanobis(measure, of: residuals, timesteps: timesteps)
        case .levelSpread(let measure): levelSpread(measure, of: residuals, timesteps: timesteps)
        }
    }

    /// The mean of the squares of `count` numbers for each window.
    private mutating func meanSquared(_ residuals: Value, count: Int) -> Value {
        // Divided before the sum, which then overflows only if the mean does.
        let root = scalar("error/root_of_count", Double(count).squareRoot())
        let shares = node("error/shares", "Div", [residuals, root])
        return node("error/mean", "ReduceSumSquare", [shares], ["axes": .ints([1, 2]), "keepdims": .int(0)])
    }

    private mutating func meanAbsolute(_ residuals: Value) -> Value {
        let magnitudes = node("error/magnitudes", "Abs", [residuals])
        return node("error/mean", "ReduceMean", [magnitudes], ["axes": .ints([1, 2]), "keepdims": .int(0)])
    }
}
