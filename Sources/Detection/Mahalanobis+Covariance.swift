import NeuralNetwork

/// The covariance of mean residuals, and its inverse root.
extension Mahalanobis {
    /// Returns the shrunk covariance, `[F][F]` (`sklearn.covariance.ledoit_wolf`; Ledoit & Wolf 2004), with
    /// 0.001 added to the diagonal.
    /// - Parameters:
    ///   - rows: `[rows][F]` with mean 0.
    ///   - features: F.
    package static func shrunkCovariance(of rows: [Double], features: Int) -> [Double] {
        let (count, size) = (Double(rows.count / features), Double(features))
        var covariance = LinearAlgebra.gram(rows, columns: features).map { $0 / count }
        let trace = (0..<features).reduce(0) { $0 + covariance[$1 * features + $1] }
        let target = trace / size
        let squares = covariance.reduce(0) { $0 + $1 * $1 }
        var fourths = 0.0
        for start in stride(from: 0, to: rows.count, by: features) {
            let square = rows[start..<(start + features)].reduce(0) { $0 + $1 * $1 }
            fourths += square * square
        }
        let noise = (fourths / count - squares) / (size * count)
        let distance = (squares - 2 * target * trace + size * target * target) / size
        let shrinkage = distance > 0 ? min(max(noise, 0), distance) / distance : 0
        for index in covariance.indices {
            covariance[index] *= 1 - shrinkage
            if index / features == index % features { covariance[index] += shrinkage * target + 1e-3 }
        }
        return covariance
    }

    /// Returns a symmetric matrix to the power of -1/2; the identity if its eigenvalues cannot be computed.
    static func inverseRoot(_ matrix: [Double], size: Int) -> [Double] {
        guard let (values, vectors) = LinearAlgebra.eigen(symmetric: matrix, size: size) else {
            return (0..<(size * size)).map { $0 / size == $0 % size ? 1 : 0 }
        }
        // Vᵀ·Λ^(-1/2)·V is the Gram matrix of Λ^(-1/4)·V.
        let scaled = vectors.indices.map { vectors[$0] * inverseFourthRoot(max(values[$0 / size], 1e-3)) }
        return LinearAlgebra.gram(scaled, columns: size)
    }

    /// x^(-1/4).
    private static func inverseFourthRoot(_ value: Double) -> Double { 1 / value.squareRoot().squareRoot() }
}
