import Synchronization
import TimeSeries

/// A network with its weights: immutable, and used from any number of threads at once.
public final class Model: Sendable {
    /// The layers.
    public let network: Sequential
    /// Their parameters.
    public let weights: Weights
    private let plan: Plan
    private let packed: PackedWeights
    private let idle = Mutex<[Idle]>([])

    /// Workspaces of small batches wait here for the next request: allocating one costs more than a small
    /// prediction.
    private struct Idle: @unchecked Sendable {
        let workspace: Workspace
    }
    private static let largestIdle = 4
    private static let largestIdleBytes = 1 << 20
    /// Windows in one pass. More would not make the products faster, only the memory larger.
    private static let chunk = 48
    /// What one pass may take.
    private static let workspaceBytes = 64 << 20

    /// - Throws: ``ArchitectureError`` when the weights are not those of the network.
    public init(_ network: Sequential, weights: Weights) throws(ArchitectureError) {
        guard weights.values.count == network.parameterCount else {
            throw ArchitectureError(
                detail:
                    "\(weights.values.count) weights for a network of \(network.parameterCount) parameters")
        }
        self.network = network
        self.weights = weights
        plan = Plan(network, for: .inference)
        packed = PackedWeights(plan.packing)
        weights.values.withUnsafeBufferPointer {
            if let base = $0.baseAddress { packed.update(from: base, team: Team(helpers: 0)) }
        }
    }

    /// Bytes that the weights take, in Keras' order and packed.
    public var byteCount: Int { (weights.values.count + plan.packing.count) * MemoryLayout<Float>.stride }

    /// Bytes of working memory that one window takes on its way through a network.
    public static func windowByteCount(_ network: Sequential) -> Int {
        Workspace.byteCount(Plan(network, for: .inference), capacity: 1, mode: .inference)
    }

    /// What the last layer emits for each window.
    /// - Returns: `[N][T][F]` in the units that the windows are in.
    public func reconstruct(_ windows: Windows) -> [Float] {
        outputs(of: [network.entries.count - 1], for: windows)[0]
    }

    /// The encoding of each window, `[N][Z]`; nil for a network without one.
    public func encode(_ windows: Windows) -> [Float]? {
        network.encodingIndex.map { outputs(of: [$0], for: windows)[0] }
    }

    /// What some layers emit for each window: for each layer asked for, `[N]` times its output shape,
    /// row-major.
    /// - Parameters:
    ///   - layers: indices into `network.entries`.
    ///   - windows: of the network's input shape, in the units that it was trained on.
    public func outputs(of layers: [Int], for windows: Windows) -> [[Float]] {
        precondition(
            .sequence(windows.timesteps, windows.features) == network.inputShape, "windows of another shape")
        let sizes = layers.map { network.entries[$0].outputShape.count }
        let total = sizes.reduce(0, +) * windows.count
        guard total > 0 else { return layers.map { _ in [] } }
        let chunks = (windows.count + chunkSize - 1) / chunkSize
        // One layer's numbers after the other's, each array filled in place.
        let all = [Float](unsafeUninitializedCapacity: total) { buffer, count in
            count = total
            guard let base = buffer.baseAddress else { return }
            inParallel(chunks) { index in
                let range = part(index, of: chunks, in: windows.count)
                run(windows, range) { workspace in
                    var target = base
                    for (layer, size) in zip(layers, sizes) {
                        workspace.store(layer, batch: range.count, to: target + range.lowerBound * size)
                        target += windows.count * size
                    }
                }
            }
        }
        guard layers.count > 1 else { return [all] }
        var start = 0
        return sizes.map { size in
            defer { start += size * windows.count }
            return Array(all[start..<(start + size * windows.count)])
        }
    }

    /// Fewer windows a pass where one is large.
    private var chunkSize: Int {
        let one = Workspace.byteCount(plan, capacity: 1, mode: .inference)
        return max(1, min(Self.chunk, Self.workspaceBytes / one))
    }

    private func run(_ windows: Windows, _ range: Range<Int>, _ body: (Workspace) -> Void) {
        let workspace = takeWorkspace(for: range.count)
        windows.series.values.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            workspace.load(range.count) { base + windows.starts[range.lowerBound + $0] * windows.features }
        }
        weights.values.withUnsafeBufferPointer {
            guard let weights = $0.baseAddress else { return }
            workspace.forward(batch: range.count, weights: packed.view(of: weights), mode: .inference)
        }
        body(workspace)
        guard workspace.byteCount <= Self.largestIdleBytes else { return }
        idle.withLock { if $0.count < Self.largestIdle { $0.append(Idle(workspace: workspace)) } }
    }

    private func takeWorkspace(for batch: Int) -> Workspace {
        let waiting = idle.withLock { idle in
            idle.lastIndex { $0.workspace.capacity >= batch }.map { idle.remove(at: $0) }
        }
        return waiting?.workspace ?? Workspace(plan, capacity: batch, mode: .inference)
    }
}
