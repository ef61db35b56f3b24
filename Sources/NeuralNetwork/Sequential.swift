/// A checked stack of layers for windows of one shape: names, output shapes and parameters, without any
/// weights.
///
/// Keras' `Sequential` after `build`. An immutable value; weights live in ``Weights``.
public struct Sequential: Sendable, Hashable {
    /// One layer in its place.
    public struct Entry: Sendable, Hashable {
        /// What was asked for.
        public let layer: Layer
        /// Keras' automatic name: `lstm`, `lstm_1`, …
        public let name: String
        /// What it receives for one window.
        public let inputShape: Shape
        /// What it emits for one window.
        public let outputShape: Shape
        /// Its tensors, in Keras' order.
        public let parameters: [Parameter]

        /// The numbers in its tensors.
        public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    }

    /// The shape of one window, `[T][F]`.
    public let inputShape: Shape
    /// The layers from input to output.
    public let entries: [Entry]

    /// All parameters of all layers.
    public var parameterCount: Int { entries.reduce(0) { $0 + $1.parameterCount } }
    /// Multiplications of one window's way through the matrices: the parameters, once for each timestep.
    public var multiplications: Int {
        entries.reduce(0) { $0 + $1.parameterCount * ($1.inputShape.timesteps ?? 1) }
    }
    /// Tensors of all layers in Keras' order.
    public var parameters: [Parameter] { entries.flatMap(\.parameters) }
    /// What the last layer emits.
    public var outputShape: Shape { entries.last?.outputShape ?? inputShape }

    /// The index of the layer whose output is the encoding: the one that feeds the first RepeatVector.
    public var encodingIndex: Int? {
        guard
            let bridge = entries.firstIndex(where: {
                if case .repeatVector = $0.layer { true } else { false }
            })
        else { return nil }
        return bridge > 0 ? bridge - 1 : nil
    }
    /// Z, the size of the encoding; nil for a network without one.
    public var encodingUnits: Int? { encodingIndex.map { entries[$0].outputShape.features } }

    /// Checks shapes layer by layer and lays the parameters out.
    /// - Parameters:
    ///   - timesteps: T of a window.
    ///   - features: F of a window.
    ///   - layers: at least one.
    /// - Throws: ``ArchitectureError`` naming the layer that does not fit.
    public init(timesteps: Int, features: Int, layers: [Layer]) throws(ArchitectureError) {
        guard timesteps > 0, features > 0 else {
            throw ArchitectureError(detail: "a window needs at least 1 timestep and 1 feature")
        }
        guard !layers.isEmpty else {
            throw ArchitectureError(detail: "there are no layers; give at least one")
        }
        inputShape = .sequence(timesteps, features)
        var builder = LayerBuilder(shape: inputShape)
        for layer in layers { try builder.append(layer) }
        entries = builder.entries
        guard parameterCount > 0 else {
            throw ArchitectureError(detail: "none of the layers has parameters: there is nothing to train")
        }
    }

    /// The checked stack of an architecture.
    /// - Throws: ``ArchitectureError`` naming the layer that does not fit.
    public init(_ architecture: Architecture, timesteps: Int, features: Int) throws(ArchitectureError) {
        try self.init(
            timesteps: timesteps, features: features,
            layers: architecture.layers(timesteps: timesteps, features: features))
    }
}

/// A layer that can't stand where it was put, or whose options are out of range.
public struct ArchitectureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The layer's position counted from 0; nil when the fault is not in one layer.
    public let index: Int?
    /// What is wrong and what would be right, naming the layer.
    public let detail: String
    /// The detail.
    public var description: String { detail }

    package init(index: Int? = nil, detail: String) {
        self.index = index
        self.detail = detail
    }
}
