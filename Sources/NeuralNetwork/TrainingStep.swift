import CVectorMath
import TimeSeries

/// One training step on a batch: forward pass, loss, backward pass and Adam, in memory that is allocated
/// once.
///
/// The split of a batch into shards depends on its size only, and the shards' gradients are added in order,
/// so the weights are bit-identical whatever the number of cores. One thread uses a training step at a time.
package final class TrainingStep {
    private let plan: Plan
    private let loss: Loss
    private let clipNorm: Float?
    private let seed: UInt64
    private let packed: PackedWeights
    private let pool = WorkerPool()
    private let shards: [Workspace]
    /// Sum of the losses of each shard.
    private var shardLoss: [Double]
    private let adam: Adam
    private var steps: UInt64 = 0
    private let parameterCount: Int
    private let weightsBase: Floats

    /// Prepares training.
    /// - Parameter initial: weights to start from, those of `network`.
    package init(_ network: Sequential, options: TrainingOptions, initial: Weights) {
        plan = Self.plan(network, batchSize: options.batchSize)
        packed = PackedWeights(plan.packing)
        loss = options.loss
        clipNorm = options.clipNorm
        seed = options.seed
        parameterCount = network.parameterCount
        let bytes = max(parameterCount, 1) * MemoryLayout<Float>.stride
        weightsBase = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            .bindMemory(to: Float.self, capacity: max(parameterCount, 1))
        weightsBase.initialize(from: initial.values, count: parameterCount)
        adam = Adam(learningRate: options.learningRate, parameterCount: parameterCount)
        shards = (0..<Self.shardCount(options.batchSize)).map { [plan] _ in
            Workspace(plan, capacity: Self.shardCapacity(options.batchSize), mode: .training)
        }
        shardLoss = [Double](repeating: 0, count: shards.count)
        packed.update(from: weightsBase, pool: pool)
    }

    deinit { weightsBase.deallocate() }

    /// A copy of the current weights.
    package var weights: Weights {
        get { Weights(unchecked: Array(UnsafeBufferPointer(start: weightsBase, count: parameterCount))) }
        set {
            weightsBase.update(from: newValue.values, count: parameterCount)
            packed.update(from: weightsBase, pool: pool)
        }
    }

    /// Adam's learning rate. A new rate leaves Adam's moments and step count unchanged, as in Keras.
    package var learningRate: Float {
        get { adam.learningRate }
        set { adam.learningRate = newValue }
    }

    /// The gradient of the last batch, `[parameterCount]`.
    package var gradient: [Float] {
        Array(UnsafeBufferPointer(start: shards[0].parameterGradient, count: parameterCount))
    }

    /// Whether every weight is a finite number.
    var isFinite: Bool { vm_square_sum(weightsBase, parameterCount).isFinite }

    /// Returns the number of shards of a batch. Above eight, adding the gradients costs more than another
    /// core saves.
    private static func shardCount(_ batch: Int) -> Int {
        batch < 2 ? 1 : batch < 128 ? 2 : batch < 512 ? 4 : 8
    }

    /// Returns the number of windows in the largest shard.
    private static func shardCapacity(_ batch: Int) -> Int {
        (batch + shardCount(batch) - 1) / shardCount(batch)
    }

    private static func plan(_ network: Sequential, batchSize: Int) -> Plan {
        Plan(network, for: .training(rows: shardCapacity(batchSize) * (network.inputShape.timesteps ?? 1)))
    }

    /// Returns the bytes of working memory of a training: workspaces, weights and Adam's moments, without the
    /// data.
    package static func byteCount(_ network: Sequential, batchSize: Int) -> Int {
        let plan = plan(network, batchSize: batchSize)
        let workspace = Workspace.byteCount(plan, capacity: shardCapacity(batchSize), mode: .training)
        let floats = 3 * network.parameterCount + plan.packing.count
        return shardCount(batchSize) * workspace + floats * MemoryLayout<Float>.stride
    }

    /// Runs one step of Adam on a batch.
    /// - Parameters:
    ///   - windows: `[N][T][F]`, all training windows.
    ///   - indices: the batch's windows, at most as many as the batch size.
    /// - Returns: the batch's mean loss before the step.
    package func train(on windows: Windows<Float>, indices: ArraySlice<Int>) -> Double {
        let loss = computeGradient(on: windows, indices: indices)
        adam.update(weightsBase, gradient: shards[0].parameterGradient, scale: clipScale(), pool: pool)
        packed.update(from: weightsBase, pool: pool)
        return loss
    }

    /// Returns the mean loss of a batch and stores its gradient in ``gradient``.
    package func computeGradient(on windows: Windows<Float>, indices: ArraySlice<Int>) -> Double {
        steps += 1
        let scale = 1 / Float(indices.count * plan.network.outputShape.count)
        let sum = eachShard(windows, indices, mode: .training) { workspace, outputs in
            let sum = self.loss.sum(
                workspace.output, workspace.input, count: outputs, gradient: workspace.outputGradient,
                scale: scale)
            workspace.backward(
                batch: outputs / self.plan.network.outputShape.count,
                weights: self.packed.view(of: self.weightsBase))
            return sum
        }
        addGradients(min(shards.count, indices.count))
        return sum / Double(indices.count * plan.network.outputShape.count)
    }

    /// Returns the mean loss of a batch in inference mode: without dropout, without changing any state.
    package func evaluate(on windows: Windows<Float>, indices: ArraySlice<Int>) -> Double {
        let sum = eachShard(windows, indices, mode: .inference) { workspace, outputs in
            self.loss.sum(workspace.output, workspace.input, count: outputs, gradient: nil, scale: 0)
        }
        return sum / Double(indices.count * plan.network.outputShape.count)
    }

    /// Runs the forward pass of each shard, calls `body` with the shard's workspace and the number of its
    /// outputs, and returns the sum of the results, added in the shards' order.
    private func eachShard(
        _ windows: Windows<Float>, _ indices: ArraySlice<Int>, mode: Mode, _ body: (Workspace, Int) -> Double
    ) -> Double {
        let parts = min(shards.count, indices.count)
        shardLoss.withUnsafeMutableBufferPointer { sums in
            windows.series.values.withUnsafeBufferPointer { rows in
                guard let base = rows.baseAddress else { return }
                pool.perform(parts) { shard in
                    let (range, workspace) = (part(shard, of: parts, in: indices.count), shards[shard])
                    workspace.load(range.count) { b in
                        base + windows.starts[indices[indices.startIndex + range.lowerBound + b]]
                            * windows.features
                    }
                    let dropoutSeed = seed ^ (steps &* 0x9e37_79b9_7f4a_7c15) &+ UInt64(shard)
                    workspace.forward(
                        batch: range.count, weights: packed.view(of: weightsBase), mode: mode,
                        seed: dropoutSeed)
                    sums[shard] = body(workspace, range.count * plan.network.outputShape.count)
                }
            }
        }
        return shardLoss[..<parts].reduce(0, +)
    }

    /// Adds the gradients of the other shards to that of the first.
    private func addGradients(_ count: Int) {
        guard count > 1 else { return }
        pool.perform(count) { index in
            let range = part(index, of: count, in: parameterCount)
            for shard in shards[1..<count] {
                vm_add(
                    shards[0].parameterGradient + range.lowerBound,
                    shard.parameterGradient + range.lowerBound,
                    range.count)
            }
        }
    }

    /// Returns the factor that keeps the norm of all gradients together within `clipNorm` (Keras'
    /// `global_clipnorm`).
    private func clipScale() -> Float {
        guard let clipNorm else { return 1 }
        let norm = Float(vm_square_sum(shards[0].parameterGradient, parameterCount).squareRoot())
        return norm > clipNorm ? clipNorm / norm : 1
    }
}
