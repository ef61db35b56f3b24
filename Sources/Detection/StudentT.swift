import Glibc

/// Student's t distribution.
package enum StudentT {
    /// Returns the q quantile: Fisher's expansion about the normal quantile (Abramowitz & Stegun, 26.7.5).
    /// Its relative error is at most 0.1 % for q = 0.99 and 10 or more degrees of freedom, and
    /// at most 1 % for q = 0.975 and 3 or more.
    package static func quantile(_ q: Double, degreesOfFreedom n: Double) -> Double {
        let z = normalQuantile(q)
        let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
        return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n)
            + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n)
    }

    /// Returns the q quantile of the standard normal distribution, by bisection: the C library has `erfc` but
    /// not its inverse.
    private static func normalQuantile(_ q: Double) -> Double {
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < q { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
