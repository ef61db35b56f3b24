/// A layer of a network. Cases, options and defaults are those of Keras.
///
/// Every property of a layer type is a `switch` without a default, here and wherever else it is needed, so
/// that a new case does not compile until each of them has been decided.
public enum Layer: Sendable, Hashable {
    /// `LSTM(units, …)`: maps a sequence to a sequence, or to a vector (its last output).
    case lstm(LSTM)
    /// `Bidirectional(LSTM(…))` with `merge_mode="concat"`: one LSTM in each direction, 2H features together.
    case bidirectional(LSTM)
    /// `RepeatVector(n)`: maps a vector to a sequence of n copies of it.
    case repeatVector(Int)
    /// `Dense(units, …)`: maps a vector to a vector; applied to a sequence, maps each timestep.
    case dense(Dense)
    /// `TimeDistributed(Dense(units, …))`: maps each timestep of a sequence.
    case timeDistributed(Dense)
    /// `Dropout(rate)`: in training, zeroes this share of its input and scales the rest by `1 / (1 - rate)`.
    case dropout(Double)

    /// The type of a layer, without its options. Raw values are the class names in Keras.
    public enum Kind: String, Sendable, CaseIterable {
        case lstm = "LSTM"
        case bidirectional = "Bidirectional"
        case repeatVector = "RepeatVector"
        case timeDistributed = "TimeDistributed"
        case dense = "Dense"
        case dropout = "Dropout"
    }

    /// The type of this layer.
    public var kind: Kind {
        switch self {
        case .lstm: .lstm
        case .bidirectional: .bidirectional
        case .repeatVector: .repeatVector
        case .dense: .dense
        case .timeDistributed: .timeDistributed
        case .dropout: .dropout
        }
    }

    /// The class name in Keras.
    public var type: String { kind.rawValue }

    /// Whether the layer passes a state from timestep to timestep.
    package var isRecurrent: Bool {
        switch self {
        case .lstm, .bidirectional: true
        case .repeatVector, .dense, .timeDistributed, .dropout: false
        }
    }

    /// Whether the layer's output is a sequence of copies of its input vector. The vector that such a layer
    /// repeats is the encoding.
    package var repeatsVector: Bool {
        switch self {
        case .repeatVector: true
        case .lstm, .bidirectional, .dense, .timeDistributed, .dropout: false
        }
    }

    /// The type of the layer that a wrapper wraps; nil if this layer is no wrapper.
    package var wrappedKind: Kind? {
        switch self {
        case .bidirectional: .lstm
        case .timeDistributed: .dense
        case .lstm, .repeatVector, .dense, .dropout: nil
        }
    }
}

/// Options of a long short-term memory layer (Hochreiter & Schmidhuber 1997; Keras' `LSTM`).
public struct LSTM: Sendable, Hashable {
    /// H, the size of the hidden state and of the cell state.
    public var units: Int
    /// Applied to the candidate and to the cell state.
    public var activation: Activation
    /// Applied to the input, forget and output gates.
    public var recurrentActivation: RecurrentActivation
    /// Whether the layer emits its output at each timestep, `[T][H]`, or only at the last, `[H]`.
    public var returnSequences: Bool

    /// Options with Keras' defaults.
    public init(
        _ units: Int, activation: Activation = .tanh, recurrentActivation: RecurrentActivation = .sigmoid,
        returnSequences: Bool = false
    ) {
        self.units = units
        self.activation = activation
        self.recurrentActivation = recurrentActivation
        self.returnSequences = returnSequences
    }
}

/// Options of a fully connected layer (Keras' `Dense`).
public struct Dense: Sendable, Hashable {
    /// Features of the output.
    public var units: Int
    /// Applied to the output.
    public var activation: Activation

    /// Options with Keras' default: no activation.
    public init(_ units: Int, activation: Activation = .linear) {
        self.units = units
        self.activation = activation
    }
}
