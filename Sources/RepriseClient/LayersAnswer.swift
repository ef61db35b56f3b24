/// What `POST /layers` answers.
public struct LayersAnswer: Decodable, Sendable {
    /// What a layer makes of the windows.
    public struct Layer: Decodable, Sendable {
        /// The name that Keras gives it.
        public let name: String
        /// Such as `LSTM`.
        public let type: String
        /// nil stands for the number of windows.
        public let outputShape: [Int?]
        /// In scaled units.
        public let outputs: Outputs
    }

    /// `[N][T][H]` of a layer that emits a sequence, `[N][H]` of one that emits a vector.
    public enum Outputs: Decodable, Sendable, Equatable {
        case sequences([[[Float]]])
        case vectors([[Float]])

        /// Whichever it is.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let sequences = try? container.decode([[[Float]]].self) {
                self = .sequences(sequences)
            } else {
                self = .vectors(try container.decode([[Float]].self))
            }
        }

        /// All of them, one after the other.
        public var numbers: [Float] {
            switch self {
            case .sequences(let sequences): sequences.flatMap { $0.flatMap { $0 } }
            case .vectors(let vectors): vectors.flatMap { $0 }
            }
        }
    }

    /// The model's name.
    public let model: String
    /// The version that answered.
    public let version: Int
    /// What the features of the inputs are called; nil if the model's have no names.
    public let featureNames: [String]?
    /// The windows as the network sees them, `[N][T][F]` in scaled units.
    public let inputs: [[[Float]]]
    /// From input to output.
    public let layers: [Layer]
}
