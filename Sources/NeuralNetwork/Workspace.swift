/// The memory of one pass through a network for up to B windows, planned and allocated once.
///
/// One thread uses a workspace at a time; it is no value and has no lock.
final class Workspace {
    let plan: Plan
    /// The largest B.
    let capacity: Int
    let mode: Mode
    /// `[T][B][F]`.
    let input: Floats
    /// What each layer emits; time-major.
    private let outputs: [Floats]
    private let caches: [Floats]
    /// Two regions that the gradients of layer outputs take in turn.
    private let gradients: [Floats]
    /// The gradients of all parameters.
    let parameterGradient: Floats
    /// Bytes that it takes.
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

    /// Bytes that a workspace takes.
    static func byteCount(_ plan: Plan, capacity: Int, mode: Mode) -> Int {
        Layout(plan, capacity, mode, Arena.counting).floats * MemoryLayout<Float>.stride
    }

    /// What the last layer emitted.
    var output: Floats { outputs.last ?? input }

    /// What layer `index` emitted; of an elided RepeatVector, the vector that it stands for.
    func output(of index: Int) -> Floats { outputs[index] }

    /// Where the loss writes the gradient of the last layer's output before `backward`.
    var outputGradient: Floats { gradients[0] }

    func forward(batch: Int, weights: WeightView, mode: Mode, seed: UInt64 = 0) {
        for (index, step) in plan.steps.enumerated() where !step.isElided {
            step.operation.forward(
                ForwardPass(
                    batch: batch, mode: mode, weights: weights, input: inputOf(index), output: outputs[index],
                    cache: caches[index], seed: seed))
        }
    }

    /// Fills `parameterGradient` from `outputGradient`.
    func backward(batch: Int, weights: WeightView) {
        var (outer, inner) = (gradients[0], gradients[1])
        for (index, step) in plan.steps.enumerated().reversed() where !step.isElided {
            step.operation.backward(
                BackwardPass(
                    batch: batch, weights: weights, gradient: parameterGradient, input: inputOf(index),
                    output: outputs[index], cache: caches[index], outputGradient: outer,
                    // Nobody asks for the gradient of the windows themselves.
                    inputGradient: index == 0 ? nil : inner))
            swap(&outer, &inner)
        }
    }

    private func inputOf(_ index: Int) -> Floats { index == 0 ? input : outputs[index - 1] }

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
    /// Copies windows `[T][F]` into the input, time-major.
    func load(_ batch: Int, window: (Int) -> UnsafePointer<Float>) {
        let (timesteps, features) = (plan.network.inputShape.timesteps ?? 1, plan.network.inputShape.features)
        for b in 0..<batch {
            let source = window(b)
            for t in 0..<timesteps {
                (input + (t * batch + b) * features).update(from: source + t * features, count: features)
            }
        }
    }

    /// Copies what layer `index` emitted to `target`, window by window: `[B][T][features]` or
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
