/// Returns a quantile, interpolated linearly between the two nearest values, as `numpy.quantile` does by
/// default.
/// - Parameters:
///   - values: in any order.
///   - q: 0…1.
/// - Returns: nil if `values` is empty.
public func quantile(_ values: [Float], _ q: Double) -> Float? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let position = q * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    let part = Float(position - Double(below))
    return sorted[below] + (sorted[above] - sorted[below]) * part
}

/// Returns the mean squared error between each window and its reconstruction, `[N]`, all of them finite.
/// - Parameters:
///   - windows: `[N][T][F]`.
///   - reconstructions: `[N][T][F]`, in the same units.
@inlinable
public func meanSquaredErrors<Value>(of windows: Windows<Value>, reconstructions: [Value]) -> [Float] {
    let size = windows.timesteps * windows.features
    precondition(reconstructions.count == windows.count * size)
    return reconstructions.withUnsafeBufferPointer { all in
        (0..<windows.count).map { index in
            windows.withWindow(index) { window in
                var sum = 0.0
                for position in 0..<size {
                    let difference = Double(window[position]) - Double(all[index * size + position])
                    sum += difference * difference
                }
                return Float.limiting(sum / Double(size))
            }
        }
    }
}
