/// The response of `GET /summary` and `POST /summary`.
public struct SummaryResponse: Decodable, Sendable {
    /// A layer, as a row of the table that Keras prints.
    public struct Row: Decodable, Sendable {
        /// The layer's name in Keras.
        public let name: String
        /// The layer's type, such as `LSTM`.
        public let type: String
        /// The shape of the layer's outputs; nil stands for the number of windows.
        public let outputShape: [Int?]
        /// The number of weights.
        public let parameters: Int
    }

    /// The model's name; nil for a network that is not trained.
    public let model: String?
    /// The layers, from input to output.
    public let layers: [Row]
    /// The number of weights of all layers.
    public let parameters: Int
    /// The number of trainable weights of all layers.
    public let trainableParameters: Int
}
