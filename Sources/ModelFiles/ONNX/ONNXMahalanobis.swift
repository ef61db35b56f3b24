import Detection
import ModelFormats
import NeuralNetwork

/// ``Detection/Mahalanobis`` as ONNX operators.
extension ONNXGraph {
    /// The squared Mahalanobis distance of each window's mean residual divided by F, `[batch]`.
    /// - Parameter residuals: `[batch, T, F]` in scaled units.
    mutating func mahalanobis(_ measure: Mahalanobis, of residuals: Value, timesteps: Int) -> Value {
        distance(measure, of: remainders(measure, of: residuals, timesteps: timesteps))
    }

    /// The distance of the mean over the timesteps of remainders, `[batch, T, F]` to `[batch]`.
    mutating func distance(_ measure: Mahalanobis, of remainders: Value) -> Value {
        let features = measure.mean.count
        let means = node(
            "error/means", "ReduceMean", [remainders], ["axes": .ints([1]), "keepdims": .int(0)])
        let deviations = node("error/deviations", "Sub", [means, vector("error/normal_mean", measure.mean)])
        // W (e - μ) for each row e is (e - μ) Wᵀ for all rows.
        let whitened = node(
            "error/whitened", "Gemm",
            [
                deviations,
                constant(
                    NamedTensor(
                        name: "error/whitening", shape: [features, features], values: measure.whitening)),
            ], ["transB": .int(1)])
        let sum = node("error/sum", "ReduceSumSquare", [whitened], ["axes": .ints([1]), "keepdims": .int(0)])
        return node("error/mean", "Div", [sum, scalar("error/features", Double(features))])
    }

    /// Residuals without their projection onto the components that the measure subtracts.
    mutating func remainders(
        _ measure: Mahalanobis, of residuals: Value, timesteps: Int
    ) -> Value {
        let (count, size) = (measure.components.count, measure.components.mean.count)
        guard count > 0 else { return residuals }
        let components = constant(
            NamedTensor(
                name: "error/components", shape: [count, size],
                values: measure.components.components))
        let bounds = measure.components.deviations.map { Mahalanobis.maxDeviations * $0 }
        let rows = node("error/rows", "Flatten", [residuals])
        let coordinates = node("error/coordinates", "Gemm", [rows, components], ["transB": .int(1)])
        let lowered = node("error/lowered", "Min", [coordinates, vector("error/max", bounds)])
        let limited = node("error/limited_coordinates", "Max", [lowered, vector("error/min", bounds.map(-))])
        let projection = node("error/projection", "MatMul", [limited, components])
        let remainders = node("error/remainder_rows", "Sub", [rows, projection])
        // A size of 0 keeps that axis.
        let shape = constant("error/shape", [0, timesteps, measure.mean.count])
        return node("error/remainders", "Reshape", [remainders, shape])
    }
}
