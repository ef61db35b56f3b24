/// A layer as the user describes it. Cases, options and defaults are those of Keras.
public enum Layer: Sendable, Hashable {
    /// `LSTM(units, …)`: a sequence to a sequence, or to a vector (its last output).
    case lstm(LSTM)
    /// `Bidirectional(LSTM(…))` with `merge_mode="concat"`: one LSTM in each direction, 2H features.
    case bidirectional(LSTM)
    /// `RepeatVector(n)`: a vector to a sequence of n copies of it.
    case repeatVector(Int)
    /// `Dense(units, …)`: a vector to a vector, or each timestep of a sequence alike.
    case dense(Dense)
    /// `TimeDistributed(Dense(units, …))`: each timestep of a sequence alike.
    case timeDistributed(Dense)
    /// `Dropout(rate)`: while training, zeroes this share of its input and scales the rest by
    /// `1 / (1 - rate)`.
    case dropout(Double)

    /// The class name in Keras.
    public var type: String {
        switch self {
        case .lstm: "LSTM"
        case .bidirectional: "Bidirectional"
        case .repeatVector: "RepeatVector"
        case .dense: "Dense"
        case .timeDistributed: "TimeDistributed"
        case .dropout: "Dropout"
        }
    }
}

/// Options of a long short-term memory layer (Hochreiter & Schmidhuber 1997; Keras' `LSTM`).
public struct LSTM: Sendable, Hashable {
    /// H.
    public var units: Int
    /// Applied to the candidate and to the cell state.
    public var activation: Activation
    /// Applied to the input, forget and output gates.
    public var recurrentActivation: RecurrentActivation
    /// Whether it emits its output at each timestep or only at the last.
    public var returnSequences: Bool

    /// Keras' defaults for all but the units.
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
    /// The features it emits.
    public var units: Int
    /// Applied to its output.
    public var activation: Activation

    /// Keras' default is no activation.
    public init(_ units: Int, activation: Activation = .linear) {
        self.units = units
        self.activation = activation
    }
}
