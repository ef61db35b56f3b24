/// One tensor of a layer and its place in the flat buffer of all parameters.
public struct Parameter: Sendable, Hashable {
    /// How Keras initializes a tensor before training.
    public enum Initializer: Sendable, Hashable {
        /// Uniform in ±√(6 / (rows + columns)) (Glorot & Bengio 2010).
        case glorotUniform
        /// A random matrix with orthonormal rows (Saxe et al. 2013).
        case orthogonal
        /// All zeros.
        case zeros
        /// Ones for the forget gate, zeros otherwise (Jozefowicz et al. 2015; Keras' `unit_forget_bias`).
        case unitForgetBias
    }

    /// The path in Keras, without the model's name: `lstm/lstm_cell/kernel`.
    public let name: String
    /// `[rows, columns]`, or `[n]` for a bias.
    public let shape: [Int]
    /// Index of the tensor's first number in the flat buffer.
    public let offset: Int
    /// How the tensor is initialized.
    public let initializer: Initializer

    /// Numbers in the tensor.
    public var count: Int { shape.reduce(1, *) }
    /// The tensor's place in the flat buffer.
    public var range: Range<Int> { offset..<(offset + count) }
}

/// Lays out a layer's tensors one after the other in the flat buffer.
struct ParameterList {
    private(set) var parameters: [Parameter] = []
    private(set) var offset: Int

    init(offset: Int) { self.offset = offset }

    private mutating func append(_ name: String, _ shape: [Int], _ initializer: Parameter.Initializer) {
        let parameter = Parameter(name: name, shape: shape, offset: offset, initializer: initializer)
        parameters.append(parameter)
        offset += parameter.count
    }

    /// Appends `kernel [F, 4H]`, `recurrent_kernel [H, 4H]` and `bias [4H]`, with gates in Keras' order i, f,
    /// c, o.
    mutating func appendLSTM(_ path: String, inputs: Int, units: Int) {
        append("\(path)/kernel", [inputs, 4 * units], .glorotUniform)
        append("\(path)/recurrent_kernel", [units, 4 * units], .orthogonal)
        append("\(path)/bias", [4 * units], .unitForgetBias)
    }

    /// Appends `kernel [F, units]` and `bias [units]`.
    mutating func appendDense(_ path: String, inputs: Int, units: Int) {
        append("\(path)/kernel", [inputs, units], .glorotUniform)
        append("\(path)/bias", [units], .zeros)
    }
}

/// The values of all parameters of a ``Sequential``, in one flat buffer.
public struct Weights: Sendable, Equatable {
    /// The tensors one after the other, each row-major, in the order of ``Sequential/parameters``.
    public internal(set) var values: [Float]

    /// Wraps values for a network; nil if their number is not `network.parameterCount`.
    /// - Parameter values: `[parameterCount]`, in the order of ``values``. They may be NaN or infinite.
    public init?(_ values: [Float], for network: Sequential) {
        guard values.count == network.parameterCount else { return nil }
        self.values = values
    }

    init(unchecked values: [Float]) { self.values = values }

    /// The values of one tensor, row-major.
    public subscript(parameter: Parameter) -> ArraySlice<Float> { values[parameter.range] }
}
