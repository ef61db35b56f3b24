import CVectorMath

/// The activation function of an LSTM's candidate and cell state, and of a Dense layer's output. Names as in
/// Keras.
public enum Activation: String, Sendable, CaseIterable {
    /// Hyperbolic tangent.
    case tanh
    /// `max(x, 0)`.
    case relu
    /// `1 / (1 + exp(-x))`.
    case sigmoid
    /// The identity.
    case linear

    /// The `vm_activation` constant that `vector_math.h` takes.
    var code: Int32 {
        switch self {
        case .tanh: Int32(VM_TANH.rawValue)
        case .relu: Int32(VM_RELU.rawValue)
        case .sigmoid: Int32(VM_SIGMOID.rawValue)
        case .linear: Int32(VM_LINEAR.rawValue)
        }
    }
}

/// The activation function of an LSTM's input, forget and output gates. Names as in Keras.
public enum RecurrentActivation: String, Sendable, CaseIterable {
    /// `1 / (1 + exp(-x))`.
    case sigmoid
    /// Keras 3's piecewise linear approximation, `clip(x / 6 + 0.5, 0, 1)`.
    case hardSigmoid = "hard_sigmoid"

    /// The `vm_activation` constant that `vector_math.h` takes.
    var code: Int32 {
        switch self {
        case .sigmoid: Int32(VM_SIGMOID.rawValue)
        case .hardSigmoid: Int32(VM_HARD_SIGMOID.rawValue)
        }
    }
}
