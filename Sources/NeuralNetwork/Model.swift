import Synchronization
import TimeSeries

/// A network with its weights. Immutable; any number of threads may use a model at once.
public final class Model: Sendable {
    /// The network's layers, shapes and parameters.
    public let network: Sequential
    /// The values of the network's parameters.
    public let weights: Weights
    private let plan: Plan
    private let packed: PackedWeights
    private let idleWorkspaces = Mutex<[IdleWorkspace]>([])

    /// A workspace that is kept for the next call: allocating one costs more than a small prediction. Only a
    /// workspace that no thread uses is wrapped in this.
    private struct IdleWorkspace: @unchecked Sendable {
        let workspace: Workspace
    }
    private static let maxIdleWorkspaces = 4
    private static let maxIdleWorkspaceBytes = 1 << 20
    /// Windows in one pass. More would take more memory without making the products faster.
    private static let maxWindowsPerPass = 48
    /// Bytes that the workspace of one pass may take.
    private static let maxWorkspaceBytes = 64 << 20

    /// Combines a network with weights.
    /// - Throws: ``ArchitectureError`` if the number of weights is not the network's
    ///   ``Sequential/parameterCount``.
    public init(_ network: Sequential, weights: Weights) throws(ArchitectureError) {
        guard weights.values.count == network.parameterCount else {
            throw ArchitectureError(
                detail:
                    "there are \(weights.values.count) weights; the network has \(network.parameterCount) "
                    + "parameters"
            )
        }
        self.network = network
        self.weights = weights
        plan = Plan(network, for: .inference)
        packed = PackedWeights(plan.packing)
        weights.values.withUnsafeBufferPointer {
            if let base = $0.baseAddress { packed.update(from: base, pool: WorkerPool(workers: 0)) }
        }
    }

    /// Bytes of the weights, in Keras' order and packed.
    public var byteCount: Int { (weights.values.count + plan.packing.count) * MemoryLayout<Float>.stride }

    /// Returns the bytes of working memory that the forward pass of one window takes.
    public static func windowByteCount(_ network: Sequential) -> Int {
        // Window, difference and reconstruction.
        if network.baseline != nil { return 3 * network.inputShape.count * MemoryLayout<Float>.stride }
        return Workspace.byteCount(Plan(network, for: .inference), capacity: 1, mode: .inference)
    }

    /// Returns the reconstruction of each window: the output of the last layer.
    /// - Parameter windows: `[N][T][F]`, in the units that the network was trained on.
    /// - Returns: `[N][T][F]` flat, in the units of the windows.
    public func reconstruct(_ windows: Windows<Float>) -> [Float] {
        if let baseline = network.baseline {
            var values = baseline.reconstruct(windows, weights.values)
            values.withUnsafeMutableBufferPointer { Self.limit($0, isReconstruction: true) }
            return values
        }
        return outputs(of: [network.entries.count - 1], for: windows)[0]
    }

    /// Returns the encoding of each window, `[N][Z]` flat; nil if the network has none.
    /// - Parameter windows: `[N][T][F]`, in the units that the network was trained on.
    public func encode(_ windows: Windows<Float>) -> [Float]? {
        network.encodingIndex.map { outputs(of: [$0], for: windows)[0] }
    }

    /// Returns the outputs of the given layers for each window.
    /// - Parameters:
    ///   - layers: indices into `network.entries`.
    ///   - windows: `[N][T][F]`, in the units that the network was trained on.
    /// - Returns: for each of `layers`, `[N]` times the layer's output shape, flat and row-major. All numbers
    ///   are finite, whatever the windows (``limit(_:isReconstruction:)``).
    public func outputs(of layers: [Int], for windows: Windows<Float>) -> [[Float]] {
        precondition(
            .sequence(windows.timesteps, windows.features) == network.inputShape,
            "the windows do not have the network's input shape")
        let sizes = layers.map { network.entries[$0].outputShape.count }
        let total = sizes.reduce(0, +) * windows.count
        guard total > 0 else { return layers.map { _ in [] } }
        let chunks = (windows.count + windowsPerPass - 1) / windowsPerPass
        // One array for all layers, one after the other; each pass writes its windows in place.
        let all = [Float](unsafeUninitializedCapacity: total) { buffer, count in
            count = total
            guard let base = buffer.baseAddress else { return }
            inParallel(chunks) { index in
                let range = part(index, of: chunks, in: windows.count)
                run(windows, range) { workspace in
                    var target = base
                    for (layer, size) in zip(layers, sizes) {
                        let first = target + range.lowerBound * size
                        workspace.store(layer, batch: range.count, to: first)
                        Self.limit(
                            UnsafeMutableBufferPointer(start: first, count: range.count * size),
                            isReconstruction: layer == network.entries.count - 1)
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

    /// The largest reconstruction that counts, in scaled units.
    package static let maxReconstruction: Float = 1e9

    /// Makes the outputs of a layer finite. Windows with enormous values can overflow a layer, or make a
    /// network without saturation invent values that are larger still.
    ///
    /// A reconstruction that is not finite, or beyond ±1e9, becomes 0, which is the mean in scaled units: the
    /// residual then shows the input. Outputs of other layers are limited to the largest float, and NaN
    /// becomes 0.
    private static func limit(_ values: UnsafeMutableBufferPointer<Float>, isReconstruction: Bool) {
        let largest = isReconstruction ? maxReconstruction : .greatestFiniteMagnitude
        var isLimited = true
        for value in values { isLimited = isLimited && abs(value) <= largest }
        guard !isLimited else { return }
        for index in values.indices where !(abs(values[index]) <= largest) {
            values[index] =
                isReconstruction || values[index].isNaN ? 0 : values[index] > 0 ? largest : -largest
        }
    }

    /// Windows in one pass; fewer if the workspace of one window is large.
    private var windowsPerPass: Int {
        let one = Workspace.byteCount(plan, capacity: 1, mode: .inference)
        return max(1, min(Self.maxWindowsPerPass, Self.maxWorkspaceBytes / one))
    }

    private func run(_ windows: Windows<Float>, _ range: Range<Int>, _ body: (Workspace) -> Void) {
        let workspace = dequeueWorkspace(for: range.count)
        windows.series.values.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            workspace.load(range.count) { base + windows.starts[range.lowerBound + $0] * windows.features }
        }
        weights.values.withUnsafeBufferPointer {
            guard let weights = $0.baseAddress else { return }
            workspace.forward(batch: range.count, weights: packed.view(of: weights), mode: .inference)
        }
        body(workspace)
        guard workspace.byteCount <= Self.maxIdleWorkspaceBytes else { return }
        idleWorkspaces.withLock {
            if $0.count < Self.maxIdleWorkspaces { $0.append(IdleWorkspace(workspace: workspace)) }
        }
    }

    private func dequeueWorkspace(for batch: Int) -> Workspace {
        let idle = idleWorkspaces.withLock { idle in
            idle.lastIndex { $0.workspace.capacity >= batch }.map { idle.remove(at: $0) }
        }
        return idle?.workspace ?? Workspace(plan, capacity: batch, mode: .inference)
    }
}
