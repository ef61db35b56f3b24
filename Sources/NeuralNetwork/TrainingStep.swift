import CVectorMath
import TimeSeries

/// Forward, loss, backward and Adam on one batch after the other, in memory that is planned once.
///
/// A batch is split into shards by its size alone, and their gradients are added in order, so that the
/// weights are bit-identical whatever the number of cores.
package final class TrainingStep {
    private let plan: Plan
    private let loss: Loss
    private let clipNorm: Float?
    private let seed: UInt64
    private let packed: PackedWeights
    private let team = Team()
    private let shards: [Workspace]
    /// The sum of each shard's losses.
    private var shardLoss: [Double]
    private let adam: Adam
    private var steps: UInt64 = 0
    private let parameterCount: Int
    private let weightsBase: Floats

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
        packed.update(from: weightsBase, team: team)
    }

    deinit { weightsBase.deallocate() }

    /// A copy of the weights as they are now.
    package var weights: Weights {
        get { Weights(unchecked: Array(UnsafeBufferPointer(start: weightsBase, count: parameterCount))) }
        set {
            weightsBase.update(from: newValue.values, count: parameterCount)
            packed.update(from: weightsBase, team: team)
        }
    }

    /// Adam's learning rate. Its moments and its count of steps stay when the rate changes, as in Keras.
    package var learningRate: Float {
        get { adam.learningRate }
        set { adam.learningRate = newValue }
    }

    /// The gradient of the last batch.
    package var gradient: [Float] {
        Array(UnsafeBufferPointer(start: shards[0].parameterGradient, count: parameterCount))
    }

    /// Whether every weight is a finite number.
    var isFinite: Bool { vm_square_sum(weightsBase, parameterCount).isFinite }

    /// Two shards feed two cores; more than eight would cost more in gradients to add than they bring.
    private static func shardCount(_ batch: Int) -> Int {
        batch < 2 ? 1 : batch < 128 ? 2 : batch < 512 ? 4 : 8
    }

    /// Windows in the largest shard.
    private static func shardCapacity(_ batch: Int) -> Int {
        (batch + shardCount(batch) - 1) / shardCount(batch)
    }

    private static func plan(_ network: Sequential, batchSize: Int) -> Plan {
        Plan(network, for: .training(rows: shardCapacity(batchSize) * (network.inputShape.timesteps ?? 1)))
    }

    /// Bytes of working memory that training takes beside the data: workspaces, weights and Adam's moments.
    package static func byteCount(_ network: Sequential, batchSize: Int) -> Int {
        let plan = plan(network, batchSize: batchSize)
        let workspace = Workspace.byteCount(plan, capacity: shardCapacity(batchSize), mode: .training)
        let floats = 3 * network.parameterCount + plan.packing.count
        return shardCount(batchSize) * workspace + floats * MemoryLayout<Float>.stride
    }

    /// One step of Adam on some windows of a set.
    /// - Parameter indices: of the windows, as many as the batch size or fewer.
    /// - Returns: the mean loss of these windows before the step.
    package func train(on windows: Windows, indices: ArraySlice<Int>) -> Double {
        let loss = computeGradient(on: windows, indices: indices)
        adam.update(weightsBase, gradient: shards[0].parameterGradient, scale: clipScale(), team: team)
        packed.update(from: weightsBase, team: team)
        return loss
    }

    /// The mean loss of some windows; leaves its gradient in `gradient`.
    package func computeGradient(on windows: Windows, indices: ArraySlice<Int>) -> Double {
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

    /// The mean loss of some windows, without dropout and without a trace.
    package func evaluate(on windows: Windows, indices: ArraySlice<Int>) -> Double {
        let sum = eachShard(windows, indices, mode: .inference) { workspace, outputs in
            self.loss.sum(workspace.output, workspace.input, count: outputs, gradient: nil, scale: 0)
        }
        return sum / Double(indices.count * plan.network.outputShape.count)
    }

    /// Passes each shard forward, calls `body` with its workspace and the number of its outputs, and adds
    /// the results in the shards' order.
    private func eachShard(
        _ windows: Windows, _ indices: ArraySlice<Int>, mode: Mode, _ body: (Workspace, Int) -> Double
    ) -> Double {
        let parts = min(shards.count, indices.count)
        shardLoss.withUnsafeMutableBufferPointer { sums in
            windows.series.values.withUnsafeBufferPointer { rows in
                guard let base = rows.baseAddress else { return }
                team.perform(parts) { shard in
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

    /// Sums the shards' gradients into the first one's.
    private func addGradients(_ count: Int) {
        guard count > 1 else { return }
        team.perform(count) { index in
            let range = part(index, of: count, in: parameterCount)
            for shard in shards[1..<count] {
                vm_add(
                    shards[0].parameterGradient + range.lowerBound,
                    shard.parameterGradient + range.lowerBound,
                    range.count)
            }
        }
    }

    /// Keras' `global_clipnorm`: all gradients are scaled alike so that their common norm stays within the
    /// bound.
    private func clipScale() -> Float {
        guard let clipNorm else { return 1 }
        let norm = Float(vm_square_sum(shards[0].parameterGradient, parameterCount).squareRoot())
        return norm > clipNorm ? clipNorm / norm : 1
    }
}
