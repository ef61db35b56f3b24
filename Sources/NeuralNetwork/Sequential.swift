/// A checked stack of layers for windows of one shape: layer names, output shapes and parameters, without
/// weights.
///
/// It corresponds to Keras' `Sequential` after `build`. An immutable value; the weights are in ``Weights``.
public struct Sequential: Sendable, Hashable {
    /// One layer with its name, shapes and parameters.
    public struct Entry: Sendable, Hashable {
        /// The layer's type and options.
        public let layer: Layer
        /// The name that Keras generates: `lstm`, `lstm_1`, …
        public let name: String
        /// The input's shape for one window.
        public let inputShape: Shape
        /// The output's shape for one window.
        public let outputShape: Shape
        /// The layer's tensors, in Keras' order.
        public let parameters: [Parameter]

        /// Numbers in the layer's tensors.
        public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    }

    /// The shape of one window, `[T][F]`.
    public let inputShape: Shape
    /// The layers from input to output; empty if there is a baseline in their place.
    public let entries: [Entry]
    /// What reconstructs windows in place of layers; nil for a network.
    public let baseline: Baseline?

    /// Number of parameters of all layers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
    /// Multiplications by weights in the forward pass of one window: each layer's parameters, once for each
    /// input timestep.
    public var multiplications: Int {
        // The principal components are multiplied twice.
        if baseline != nil { return 2 * max(parameterCount, inputShape.count) }
        return entries.reduce(0) { $0 + $1.parameterCount * ($1.inputShape.timesteps ?? 1) }
    }
    /// The tensors of all layers, in Keras' order.
    public var parameters: [Parameter] { baseline?.parameters(inputShape) ?? entries.flatMap(\.parameters) }
    /// The output shape of the last layer, for one window.
    public var outputShape: Shape { entries.last?.outputShape ?? inputShape }

    /// Index of the layer whose output is the encoding: the layer before the first RepeatVector. Nil if there
    /// is none.
    public var encodingIndex: Int? {
        guard let repeater = entries.firstIndex(where: \.layer.repeatsVector) else { return nil }
        return repeater > 0 ? repeater - 1 : nil
    }
    /// Z, the size of the encoding; nil if the network has none.
    public var encodingUnits: Int? { encodingIndex.map { entries[$0].outputShape.features } }

    /// Checks shapes layer by layer and lays out the parameters.
    /// - Parameters:
    ///   - timesteps: T of a window, at least 1.
    ///   - features: F of a window, at least 1.
    ///   - layers: at least one layer, and at least one with parameters.
    /// - Throws: ``ArchitectureError``, naming the layer whose input has the wrong shape or whose options are
    ///   out of range.
    public init(timesteps: Int, features: Int, layers: [Layer]) throws(ArchitectureError) {
        guard timesteps > 0, features > 0 else {
            throw ArchitectureError(detail: "a window needs at least 1 timestep and 1 feature")
        }
        guard !layers.isEmpty else {
            throw ArchitectureError(detail: "there are no layers; a network needs at least one")
        }
        inputShape = .sequence(timesteps, features)
        var builder = LayerBuilder(shape: inputShape)
        for layer in layers { try builder.append(layer) }
        entries = builder.entries
        baseline = nil
        guard parameterCount > 0 else {
            throw ArchitectureError(
                detail: "no layer has parameters, so there is nothing to train; add an LSTM or a Dense layer")
        }
    }

    /// Lays out the parameters of a detector without layers.
    /// - Throws: ``ArchitectureError`` for windows of one value, which have no principal components.
    private init(_ baseline: Baseline, timesteps: Int, features: Int) throws(ArchitectureError) {
        inputShape = .sequence(timesteps, features)
        entries = []
        self.baseline = baseline
        guard parameters.allSatisfy({ $0.count > 0 }) else {
            throw ArchitectureError(
                detail:
                    "windows of \(timesteps * features) values have no principal components; use windows "
                    + "of 2 to \(Baseline.maxComponentValues) values")
        }
    }

    /// Checks the layers of an architecture.
    /// - Throws: ``ArchitectureError``, naming the layer whose input has the wrong shape or whose options are
    ///   out of range.
    public init(_ architecture: Architecture, timesteps: Int, features: Int) throws(ArchitectureError) {
        if let baseline = architecture.baseline {
            try self.init(baseline, timesteps: timesteps, features: features)
            return
        }
        try self.init(
            timesteps: timesteps, features: features,
            layers: architecture.layers(timesteps: timesteps, features: features))
    }
}

/// A layer whose input has the wrong shape or whose options are out of range, or weights that do not fit a
/// network.
public struct ArchitectureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The layer's position, counted from 0; nil if the error is not in one layer.
    public let index: Int?
    /// One line that says what is wrong and what would be right, and names the layer.
    public let detail: String
    /// The same text as ``detail``.
    public var description: String { detail }

    package init(index: Int? = nil, detail: String) {
        self.index = index
        self.detail = detail
    }
}
