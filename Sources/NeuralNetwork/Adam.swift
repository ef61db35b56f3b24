import CVectorMath
import Glibc

/// The Adam optimizer (Kingma & Ba 2015) with Keras' defaults and arithmetic: the bias correction is folded
/// into the step size, and epsilon is added to the uncorrected square root.
final class Adam {
    private static let beta1: Float = 0.9
    private static let beta2: Float = 0.999
    private static let epsilon: Float = 1e-7

    /// Learning rate of the next step. It may change between steps.
    var learningRate: Float
    /// First and second moment of each parameter's gradient.
    private var momentum: [Float]
    private var variance: [Float]
    private var steps = 0

    init(learningRate: Float, parameterCount: Int) {
        self.learningRate = learningRate
        momentum = [Float](repeating: 0, count: parameterCount)
        variance = momentum
    }

    /// Updates all parameters with one step.
    /// - Parameters:
    ///   - weights: `[parameterCount]`, updated in place.
    ///   - gradient: `[parameterCount]`.
    ///   - scale: factor that the gradient is multiplied by first (gradient clipping).
    func update(_ weights: Floats, gradient: UnsafePointer<Float>, scale: Float, pool: WorkerPool) {
        steps += 1
        let (t, rate) = (Float(steps), learningRate)
        let step = rate * (1 - powf(Self.beta2, t)).squareRoot() / (1 - powf(Self.beta1, t))
        let count = momentum.count
        momentum.withUnsafeMutableBufferPointer { momentum in
            variance.withUnsafeMutableBufferPointer { variance in
                guard let m = momentum.baseAddress, let v = variance.baseAddress else { return }
                let parts = partCount(count)
                pool.perform(parts) { index in
                    let range = part(index, of: parts, in: count)
                    vm_adam(
                        weights + range.lowerBound, m + range.lowerBound, v + range.lowerBound,
                        gradient + range.lowerBound, range.count, step, Self.beta1, Self.beta2, Self.epsilon,
                        scale)
                }
            }
        }
    }
}
