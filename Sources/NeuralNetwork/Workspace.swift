/// The memory of one pass through a network for up to B windows, allocated once.
///
/// A workspace has no lock: one thread uses it at a time.
final class Workspace {
    let plan: Plan
    /// Maximum B.
    let capacity: Int
    let mode: Mode
    /// The windows, `[T][B][F]`.
    let input: Floats
    /// The output of each layer, time-major.
    private let outputs: [Floats]
    private let caches: [Floats]
    /// Two regions that hold the gradients of layer outputs alternately.
    private let gradients: [Floats]
    /// The gradients of all parameters, `[parameterCount]`; empty in inference.
    let parameterGradient: Floats
    /// Bytes of the workspace's memory.
    let byteCount: Int
    private let storage: UnsafeMutableRawPointer

    init(_ plan: Plan, capacity: Int, mode: Mode) {
        let layout = Layout(plan, capacity, mode, Arena.counting)
        byteCount = layout.floats * MemoryLayout<Float>.stride
        storage = .allocate(byteCount: byteCount, alignment: 64)
        let memory = Layout(
            plan, capacity, mode, Arena(storage.bindMemory(to: Float.self, capacity: layout.floats)))
        self.plan = plan
        self.capacity = capacity
        self.mode = mode
        input = memory.input
        outputs = memory.outputs
        caches = memory.caches
        gradients = memory.gradients
        parameterGradient = memory.parameterGradient
    }

    deinit { storage.deallocate() }

    /// Returns the bytes that a workspace would take.
    static func byteCount(_ plan: Plan, capacity: Int, mode: Mode) -> Int {
        Layout(plan, capacity, mode, Arena.counting).floats * MemoryLayout<Float>.stride
    }

    /// The output of the last layer.
    var output: Floats { outputs.last ?? input }

    /// Returns the output of layer `index`; for an elided RepeatVector, the vector that it would repeat.
    func output(of index: Int) -> Floats { outputs[index] }

    /// The gradient of the last layer's output, which the loss writes before `backward`.
    var outputGradient: Floats { gradients[0] }

    /// Computes the outputs of all layers from `input`.
    func forward(batch: Int, weights: WeightView, mode: Mode, seed: UInt64 = 0) {
        for (index, step) in plan.steps.enumerated() where !step.isElided {
            step.operation.forward(
                ForwardPass(
                    batch: batch, mode: mode, weights: weights, input: inputOf(index), output: outputs[index],
                    cache: caches[index], seed: seed))
        }
    }

    /// Computes `parameterGradient` from `outputGradient`.
    func backward(batch: Int, weights: WeightView) {
        var (outer, inner) = (gradients[0], gradients[1])
        for (index, step) in plan.steps.enumerated().reversed() where !step.isElided {
            step.operation.backward(
                BackwardPass(
                    batch: batch, weights: weights, gradient: parameterGradient, input: inputOf(index),
                    output: outputs[index], cache: caches[index], outputGradient: outer,
                    // The gradient with respect to the windows is not needed.
                    inputGradient: index == 0 ? nil : inner))
            swap(&outer, &inner)
        }
    }

    private func inputOf(_ index: Int) -> Floats { index == 0 ? input : outputs[index - 1] }

    /// Places of all arrays in the workspace's memory.
    private struct Layout {
        let input: Floats
        let outputs: [Floats]
        let caches: [Floats]
        let gradients: [Floats]
        let parameterGradient: Floats
        let floats: Int

        init(_ plan: Plan, _ batch: Int, _ mode: Mode, _ memory: Arena) {
            var arena = memory
            input = arena.take(batch * plan.network.inputShape.count)
            var outputs: [Floats] = []
            var caches: [Floats] = []
            for step in plan.steps {
                outputs.append(step.isElided ? outputs.last ?? input : arena.take(batch * step.outputCount))
                caches.append(arena.take(step.operation.cacheCount(batch: batch, mode: mode)))
            }
            self.outputs = outputs
            self.caches = caches
            let largest = mode == .training ? plan.steps.map(\.outputCount).max() ?? 0 : 0
            gradients = [arena.take(batch * largest), arena.take(batch * largest)]
            parameterGradient = arena.take(mode == .training ? plan.network.parameterCount : 0)
            floats = arena.count
        }
    }
}

extension Workspace {
    /// Copies windows into the input, time-major.
    /// - Parameter window: returns window b, `[T][F]`.
    func load(_ batch: Int, window: (Int) -> UnsafePointer<Float>) {
        let (timesteps, features) = (plan.network.inputShape.timesteps ?? 1, plan.network.inputShape.features)
        for b in 0..<batch {
            let source = window(b)
            for t in 0..<timesteps {
                (input + (t * batch + b) * features).update(from: source + t * features, count: features)
            }
        }
    }

    /// Copies the output of layer `index` to `target`, window by window: `[B][T][features]` or
    /// `[B][features]`.
    func store(_ index: Int, batch: Int, to target: Floats) {
        let shape = plan.network.entries[index].outputShape
        let (timesteps, features) = (shape.timesteps ?? 1, shape.features)
        for b in 0..<batch {
            for t in 0..<timesteps {
                let row = (plan.steps[index].isElided ? 0 : t * batch) + b
                (target + (b * timesteps + t) * features).update(
                    from: outputs[index] + row * features, count: features)
            }
        }
    }
}
