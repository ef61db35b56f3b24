extension Sequential {
    /// Returns initial weights, drawn as Keras' default initializers do.
    ///
    /// The same seed gives the same weights. Each tensor draws from its own random stream.
    public func initialWeights(seed: UInt64) -> Weights {
        var values = [Float](repeating: 0, count: parameterCount)
        for (index, parameter) in parameters.enumerated() {
            var random = SplitMix64(seed: seed, stream: UInt64(index))
            let rows = parameter.shape[0]
            switch parameter.initializer {
            case .glorotUniform:
                let columns = parameter.shape[1]
                let limit = (6 / Float(rows + columns)).squareRoot()
                for position in parameter.range {
                    values[position] = Float.random(in: -limit...limit, using: &random)
                }
            case .orthogonal:
                var matrix = parameter.range.map { _ in random.nextNormal() }
                LinearAlgebra.orthonormalizeRows(&matrix, rows: rows, columns: parameter.shape[1])
                values.replaceSubrange(parameter.range, with: matrix)
            case .zeros:
                break
            case .unitForgetBias:
                let units = rows / 4
                for unit in 0..<units { values[parameter.offset + units + unit] = 1 }
            }
        }
        return Weights(unchecked: values)
    }
}
