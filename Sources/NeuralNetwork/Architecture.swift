/// A network: one of the two of "Step-by-step understanding LSTM Autoencoder layers", or any list of layers.
public enum Architecture: Sendable, Hashable {
    /// An autoencoder: encoder LSTMs with the given units, of which the last emits only the encoding `[Z]`;
    /// `RepeatVector(T)`; decoder LSTMs with the same units in reverse order; `TimeDistributed(Dense(F))`.
    case autoencoder(
        units: [Int], activation: Activation = .tanh, recurrentActivation: RecurrentActivation = .sigmoid)
    /// A stacked LSTM network with the same units in the same order: every LSTM returns sequences, and there
    /// is no encoding.
    case stacked(
        units: [Int], activation: Activation = .tanh, recurrentActivation: RecurrentActivation = .sigmoid)
    /// Layers in order from input to output.
    case layers([Layer])
    /// No layers: a detector without a network.
    case baseline(Baseline)

    /// The name in the API: `autoencoder`, `stacked` or `layers`, or that of a baseline.
    public var name: String {
        switch self {
        case .autoencoder: "autoencoder"
        case .stacked: "stacked"
        case .layers: "layers"
        case .baseline(let baseline): baseline.rawValue
        }
    }

    /// The detector in place of a network; nil for layers.
    public var baseline: Baseline? { if case .baseline(let baseline) = self { baseline } else { nil } }

    /// Returns the layers for windows `[T][F]`, from input to output.
    /// - Parameters:
    ///   - timesteps: T.
    ///   - features: F.
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
        case .baseline:
            return []
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
