import COpenBLAS
import Dispatch

/// Returns the duration of a call, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    try Double((ContinuousClock().measure { try body() }) / .nanoseconds(1)) / 1e9
}

/// Returns the median: the middle value, or the mean of the two middle values.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Returns the GFLOP/s of OpenBLAS on a large square product on each of `cores` at once, the best of five
/// runs.
func sgemmRate(cores: Int) -> Double {
    openblas_set_num_threads(1)
    let n = 1024
    let rates = (0..<5).map { _ in
        let elapsed = seconds {
            DispatchQueue.concurrentPerform(iterations: cores) { _ in
                let a = [Float](repeating: 0.5, count: n * n)
                var c = a
                for _ in 0..<4 {
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(n), Int32(n), Int32(n), 1, a,
                        Int32(n), a,
                        Int32(n), 0, &c, Int32(n))
                }
            }
        }
        return Double(cores * 4 * 2 * n * n * n) / elapsed / 1e9
    }
    return rates.max() ?? 0
}

/// Prints one line of JSON with a name and numbers by name.
func report(_ name: String, _ numbers: KeyValuePairs<String, Double>) {
    let members = numbers.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    print("{\"name\": \"\(name)\", \(members)}")
}
