import Detection
import ModelFormats

/// ``Detection/LevelSpread`` as ONNX operators.
extension ONNXGraph {
    /// The mean of the distances of level and spread of each window's residuals, `[batch]`.
    /// - Parameter residuals: `[batch, T, F]` in scaled units.
    mutating func levelSpread(_ measure: LevelSpread, of residuals: Value, timesteps: Int) -> Value {
        let remainders = remainders(measure.level, of: residuals, timesteps: timesteps)
        let level = distance(measure.level, of: remainders)
        let spread = spreadDistance(measure, of: remainders)
        // Each is limited before the sum, as in the server.
        let half = scalar("error/half", 0.5)
        let parts = [("level", level), ("spread", spread)].map { name, distance in
            node("error/\(name)_half", "Mul", [limited("error/\(name)_limited", distance), half])
        }
        return node("error/level_and_spread", "Add", parts)
    }

    /// The mean over the features of the squared deviations of the spread, `[batch, T, F]` to `[batch]`.
    private mutating func spreadDistance(_ measure: LevelSpread, of remainders: Value) -> Value {
        let spreads = spreads(remainders)
        let centred = node(
            "error/spread_deviations", "Sub", [spreads, vector("error/spread_mean", measure.spreadMean)])
        let scaled = node(
            "error/spread_scaled", "Div",
            [centred, vector("error/spread_deviation", measure.spreadDeviation)])
        let squares = node("error/spread_squares", "Mul", [scaled, scaled])
        return node("error/spread", "ReduceMean", [squares], ["axes": .ints([1]), "keepdims": .int(0)])
    }

    /// The spread of each feature over the timesteps, `[batch, T, F]` to `[batch, F]`. The square of a
    /// remainder can exceed float32, so it is computed with doubles.
    private mutating func spreads(_ remainders: Value) -> Value {
        let values = cast("error/double_remainders", remainders, to: .double)
        let means = node(
            "error/double_means", "ReduceMean", [values], ["axes": .ints([1]), "keepdims": .int(1)])
        let deviations = node("error/timestep_deviations", "Sub", [values, means])
        let squares = node("error/timestep_squares", "Mul", [deviations, deviations])
        let variances = node(
            "error/variances", "ReduceMean", [squares], ["axes": .ints([1]), "keepdims": .int(0)])
        let roots = node("error/standard_deviations", "Sqrt", [variances])
        let bounded = node(
            "error/bounded_deviations", "Add",
            [roots, scalar("error/min_spread", Double(LevelSpread.minSpread), .double)])
        return cast("error/spreads", node("error/double_spreads", "Log", [bounded]), to: .float)
    }
}
