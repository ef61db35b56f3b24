/// The loss that training minimises: a mean over all B·T·F numbers. Names and definitions as in Keras.
public enum Loss: String, Sendable, CaseIterable {
    /// `(x - y)²`.
    case meanSquaredError = "mse"
    /// `|x - y|`.
    case meanAbsoluteError = "mae"
    /// `(x - y)² / 2` up to a difference of 1, `|x - y| - 1/2` beyond (Huber 1964, delta 1).
    case huber

    /// Returns the sum of the loss over `count` numbers.
    /// - Parameters:
    ///   - gradient: where to write the derivative with respect to `output`, multiplied by `scale`; nil if it
    ///     is not needed.
    ///   - scale: factor of the derivative.
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

    /// Returns the mean of the loss over all numbers.
    /// - Parameters:
    ///   - outputs: of a network.
    ///   - targets: as many numbers, at least one.
    package func mean(of outputs: [Float], _ targets: [Float]) -> Double {
        precondition(outputs.count == targets.count && !targets.isEmpty)
        return outputs.withUnsafeBufferPointer { outputs in
            targets.withUnsafeBufferPointer { targets in
                guard let output = outputs.baseAddress, let target = targets.baseAddress else { return 0 }
                return sum(output, target, count: targets.count, gradient: nil, scale: 1)
                    / Double(targets.count)
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
