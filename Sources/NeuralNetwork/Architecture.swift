/// The networks of "Step-by-step understanding LSTM Autoencoder layers", and any other list of layers.
public enum Architecture: Sendable, Hashable {
    /// Encoder LSTMs of these units, the last of which emits only the encoding; RepeatVector; the same
    /// units mirrored as decoder; `TimeDistributed(Dense(F))`.
    case autoencoder(
        units: [Int], activation: Activation = .tanh, recurrentActivation: RecurrentActivation = .sigmoid)
    /// The regular LSTM network of the same units: every LSTM returns sequences, and nothing is an encoding.
    case stacked(
        units: [Int], activation: Activation = .tanh, recurrentActivation: RecurrentActivation = .sigmoid)
    /// Layer by layer.
    case layers([Layer])

    /// The name of the kind.
    public var name: String {
        switch self {
        case .autoencoder: "autoencoder"
        case .stacked: "stacked"
        case .layers: "layers"
        }
    }

    /// The layers for windows `[T][F]`.
    public func layers(timesteps: Int, features: Int) -> [Layer] {
        switch self {
        case .autoencoder(let units, let activation, let recurrentActivation):
            let encoder = units.indices.map { index in
                Layer.lstm(
                    LSTM(
                        units[index], activation: activation, recurrentActivation: recurrentActivation,
                        returnSequences: index < units.count - 1))
            }
            let decoder = Self.sequences(units.reversed(), activation, recurrentActivation)
            return encoder + [.repeatVector(timesteps)] + decoder + [.timeDistributed(Dense(features))]
        case .stacked(let units, let activation, let recurrentActivation):
            return Self.sequences(units + units.reversed(), activation, recurrentActivation)
                + [.timeDistributed(Dense(features))]
        case .layers(let layers):
            return layers
        }
    }

    private static func sequences(
        _ units: [Int], _ activation: Activation, _ recurrentActivation: RecurrentActivation
    ) -> [Layer] {
        units.map {
            .lstm(
                LSTM(
                    $0, activation: activation, recurrentActivation: recurrentActivation,
                    returnSequences: true))
        }
    }
}
