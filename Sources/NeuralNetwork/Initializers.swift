import COpenBLAS

extension Sequential {
    /// Fresh weights as Keras' default initialisers make them.
    ///
    /// Same seed, same weights. Each tensor draws from a generator of its own.
    public func initialWeights(seed: UInt64) -> Weights {
        var values = [Float](repeating: 0, count: parameterCount)
        for (index, parameter) in parameters.enumerated() {
            var random = SplitMix64(seed: seed, stream: UInt64(index))
            let rows = parameter.shape[0]
            switch parameter.initializer {
            case .glorotUniform:
                let columns = parameter.shape[1]
                let limit = (6 / Float(rows + columns)).squareRoot()
                for position in parameter.range { values[position] = Float.random(in: -limit...limit, using: &random) }
            case .orthogonal:
                let matrix = orthogonalMatrix(rows: rows, columns: parameter.shape[1], using: &random)
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

/// A matrix with orthonormal rows, `[rows][columns]` with rows ≤ columns, as Keras' `Orthogonal` makes it: the
/// Q of a normal matrix's QR factorisation with the signs of R's diagonal, transposed.
func orthogonalMatrix(rows: Int, columns: Int, using random: inout SplitMix64) -> [Float] {
    precondition(rows <= columns)
    // LAPACK is column-major: a `columns`×`rows` matrix with orthonormal columns there is, read
    // row by row, the transposed matrix that is wanted.
    var matrix = (0..<rows * columns).map { _ in random.nextNormal() }
    var tau = [Float](repeating: 0, count: rows)
    let (tall, wide) = (Int32(columns), Int32(rows))
    var status = LAPACKE_sgeqrf(LAPACK_COL_MAJOR, tall, wide, &matrix, tall, &tau)
    precondition(status == 0, "sgeqrf refused its argument \(-status)")
    let signs = (0..<rows).map { matrix[$0 * columns + $0] < 0 ? Float(-1) : 1 }
    status = LAPACKE_sorgqr(LAPACK_COL_MAJOR, tall, wide, wide, &matrix, tall, &tau)
    precondition(status == 0, "sorgqr refused its argument \(-status)")
    for row in 0..<rows {
        for column in 0..<columns { matrix[row * columns + column] *= signs[row] }
    }
    return matrix
}
