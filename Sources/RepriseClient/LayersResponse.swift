/// The response of `POST /layers`.
public struct LayersResponse: Decodable, Sendable {
    /// The outputs of a layer.
    public struct Layer: Decodable, Sendable {
        /// The layer's name in Keras.
        public let name: String
        /// The layer's type, such as `LSTM`.
        public let type: String
        /// The shape of the outputs; nil stands for the number of windows.
        public let outputShape: [Int?]
        /// The outputs, in scaled units.
        public let outputs: Outputs
    }

    /// `[N][T][H]` for a layer that returns sequences, `[N][H]` for a layer that returns vectors.
    public enum Outputs: Decodable, Sendable, Equatable {
        case sequences([[[Float]]])
        case vectors([[Float]])

        /// Decodes nested arrays; their depth decides the case.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let sequences = try? container.decode([[[Float]]].self) {
                self = .sequences(sequences)
            } else {
                self = .vectors(try container.decode([[Float]].self))
            }
        }

        /// All numbers, flattened in order.
        public var numbers: [Float] {
            switch self {
            case .sequences(let sequences): sequences.flatMap { $0.flatMap { $0 } }
            case .vectors(let vectors): vectors.flatMap { $0 }
            }
        }
    }

    /// The model's name.
    public let model: String
    /// The number of the version that was used.
    public let version: Int
    /// Names of the features, `[F]`; nil for a model without feature names.
    public let featureNames: [String]?
    /// The network's inputs `[N][T][F]`, in scaled units.
    public let inputs: [[[Float]]]
    /// The layers, from input to output.
    public let layers: [Layer]
}
