import ModelFormats
import NeuralNetwork

/// ``NeuralNetwork/Baseline`` as ONNX operators, in the order of the server's operations.
extension ONNXGraph {
    /// The reconstruction of each window by a detector without a network, `[batch, T, F]`, not yet limited.
    /// - Parameter windows: `[batch, T, F]` in scaled units.
    mutating func reconstruction(by baseline: Baseline, of model: Model, for windows: Value) -> Value {
        let weights = model.network.parameters.map { parameter in
            constant(
                NamedTensor(
                    name: parameter.name, shape: parameter.shape, values: Array(model.weights[parameter])))
        }
        switch baseline {
        case .zscore:
            return withoutZScores(windows, mean: weights[0], deviation: weights[1])
        case .pca:
            let projected = projection(flat(windows), mean: weights[0], components: weights[1])
            return unflattened(projected, model.network.inputShape)
        case .kmeans:
            let nearest = nearestCentre(flat(windows), centres: weights[0])
            return unflattened(nearest, model.network.inputShape)
        }
    }

    /// `[batch, T·F]` from `[batch, T, F]`.
    private mutating func flat(_ windows: Value) -> Value { node("baseline/rows", "Flatten", [windows]) }

    /// `[batch, T, F]` from `[batch, T·F]`.
    private mutating func unflattened(_ rows: Value, _ shape: Shape) -> Value {
        // A size of 0 keeps that axis.
        let shape = constant("baseline/shape", [0] + shape.dimensions)
        return node("baseline/windows", "Reshape", [rows, shape])
    }

    /// Each row of a window, `[batch, T, F]`, without its z-scores.
    private mutating func withoutZScores(_ windows: Value, mean: Value, deviation: Value) -> Value {
        let deviations = node("zscore/deviations", "Sub", [windows, mean])
        let scores = node("zscore/scores", "Div", [deviations, deviation])
        return node("zscore/windows", "Sub", [windows, scores])
    }

    /// The projection of each window, `[batch, T·F]`, onto the components.
    private mutating func projection(_ rows: Value, mean: Value, components: Value) -> Value {
        let deviations = node("pca/deviations", "Sub", [rows, mean])
        let coordinates = node("pca/coordinates", "Gemm", [deviations, components], ["transB": .int(1)])
        let projection = node("pca/projection", "MatMul", [coordinates, components])
        return node("pca/projected", "Add", [projection, mean])
    }

    /// The centre that is nearest to each window, `[batch, T·F]`; the first of several. Distances are limited
    /// to the largest float, so that the first centre is also the nearest to a window too far from all.
    private mutating func nearestCentre(_ rows: Value, centres: Value) -> Value {
        let each = node("kmeans/each_row", "Unsqueeze", [rows, constant("kmeans/axis", [1])])
        // [batch, centres, T·F]
        let deviations = node("kmeans/deviations", "Sub", [each, centres])
        let distances = node(
            "kmeans/distances", "ReduceSumSquare", [deviations], ["axes": .ints([2]), "keepdims": .int(0)])
        let nearest = node(
            "kmeans/nearest", "ArgMin", [limited("kmeans/limited", distances)],
            ["axis": .int(1), "keepdims": .int(0)])
        return node("kmeans/centre", "Gather", [centres, nearest], ["axis": .int(0)])
    }
}
