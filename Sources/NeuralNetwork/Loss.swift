/// What training minimises: the mean over all numbers of all windows. Names and definitions as in Keras.
public enum Loss: String, Sendable, CaseIterable {
    /// `(x - y)²`.
    case meanSquaredError = "mse"
    /// `|x - y|`.
    case meanAbsoluteError = "mae"
    /// Half the square up to 1, linear beyond (Huber 1964, delta 1).
    case huber

    /// The sum of the loss over `count` numbers; writes its derivative times `scale` to `gradient` unless
    /// that is nil.
    func sum(
        _ output: UnsafePointer<Float>, _ target: UnsafePointer<Float>, count: Int, gradient: Floats?,
        scale: Float
    ) -> Double {
        switch self {
        case .meanSquaredError:
            accumulate(output, target, count, gradient, scale) { ($0 * $0, 2 * $0) }
        case .meanAbsoluteError:
            accumulate(output, target, count, gradient, scale) { (abs($0), $0 > 0 ? 1 : $0 < 0 ? -1 : 0) }
        case .huber:
            accumulate(output, target, count, gradient, scale) { difference in
                let size = abs(difference)
                return size <= 1
                    ? (0.5 * difference * difference, difference)
                    : (size - 0.5, difference > 0 ? 1 : -1)
            }
        }
    }

    @inline(__always)
    private func accumulate(
        _ output: UnsafePointer<Float>, _ target: UnsafePointer<Float>, _ count: Int, _ gradient: Floats?,
        _ scale: Float, _ term: (Float) -> (loss: Float, derivative: Float)
    ) -> Double {
        var sum = 0.0
        for index in 0..<count {
            let (loss, derivative) = term(output[index] - target[index])
            sum += Double(loss)
            if let gradient { gradient[index] = derivative * scale }
        }
        return sum
    }
}
