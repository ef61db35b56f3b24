/// One tensor of a layer, and where it lies in the flat buffer of all parameters.
public struct Parameter: Sendable, Hashable {
    /// How Keras sets it before training.
    public enum Initializer: Sendable, Hashable {
        /// Uniform in ±√(6 / (rows + columns)) (Glorot & Bengio 2010).
        case glorotUniform
        /// Orthonormal rows (Saxe et al. 2013).
        case orthogonal
        /// Zeros.
        case zeros
        /// Zeros, and ones for the forget gate (Jozefowicz et al. 2015; Keras' `unit_forget_bias`).
        case unitForgetBias
    }

    /// The path in Keras without the model's name, such as `lstm/lstm_cell/kernel`.
    public let name: String
    /// `[rows, columns]`, or `[n]` for a bias.
    public let shape: [Int]
    /// The first of its numbers in the flat buffer.
    public let offset: Int
    /// How it starts.
    public let initializer: Initializer

    /// The numbers in it.
    public var count: Int { shape.reduce(1, *) }
    /// Where its numbers lie in the flat buffer.
    public var range: Range<Int> { offset..<(offset + count) }
}

/// Tensors laid out one behind the other.
struct ParameterList {
    private(set) var parameters: [Parameter] = []
    private(set) var offset: Int

    init(offset: Int) { self.offset = offset }

    private mutating func append(_ name: String, _ shape: [Int], _ initializer: Parameter.Initializer) {
        let parameter = Parameter(name: name, shape: shape, offset: offset, initializer: initializer)
        parameters.append(parameter)
        offset += parameter.count
    }

    /// Gates in Keras' order i, f, c, o.
    mutating func appendLSTM(_ path: String, inputs: Int, units: Int) {
        append("\(path)/kernel", [inputs, 4 * units], .glorotUniform)
        append("\(path)/recurrent_kernel", [units, 4 * units], .orthogonal)
        append("\(path)/bias", [4 * units], .unitForgetBias)
    }

    mutating func appendDense(_ path: String, inputs: Int, units: Int) {
        append("\(path)/kernel", [inputs, units], .glorotUniform)
        append("\(path)/bias", [units], .zeros)
    }
}

/// The numbers of all parameters of a ``Sequential``, in one flat buffer.
public struct Weights: Sendable, Equatable {
    /// The tensors one behind the other, each row-major, in the order of ``Sequential/parameters``.
    public internal(set) var values: [Float]

    /// Takes numbers as they are.
    /// - Parameter values: as many as `network.parameterCount`; nil is returned otherwise.
    public init?(_ values: [Float], for network: Sequential) {
        guard values.count == network.parameterCount else { return nil }
        self.values = values
    }

    init(unchecked values: [Float]) { self.values = values }

    /// The numbers of one tensor, row-major.
    public subscript(parameter: Parameter) -> ArraySlice<Float> { values[parameter.range] }
}
