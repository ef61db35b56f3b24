/// Requests with the example of the article "Step-by-step understanding LSTM Autoencoder layers".
package enum Article {
    /// Nine rows of two features, the second the cube of the first.
    package static let series: JSON = .array(
        (1...9).map { [.number(Double($0) / 10), .number(Double($0 * $0 * $0) / 1000)] })

    /// The five windows of Figure 1.2: N 5, T 3, F 2.
    package static let windows: JSON = .array(
        (2...6).map { first in .array((first..<first + 3).compactMap { series[$0] }) })

    /// A request to train the article's network.
    package static func training(_ model: String, seed: Int = 0, architecture: String = "autoencoder") -> JSON
    {
        [
            "model": .string(model), "series": series, "timesteps": 3, "windowing": "temporalize",
            "architecture": .string(architecture), "units": [128, 64], "activation": "relu",
            "scaling": "none",
            "epochs": 300, "batch_size": 5, "seed": .integer(seed),
        ]
    }

    /// The request of examples/article.json, sent to POST /compare as it is.
    package static let comparison = training("toy").with(["architecture": nil, "seed": nil])
}
