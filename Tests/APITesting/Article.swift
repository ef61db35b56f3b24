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
}

/// Requests with a model so small that its training takes next to no time.
package enum Small {
    /// Ten rows of two features.
    package static let series = series(rows: 10)

    package static func series(rows: Int) -> JSON {
        .array((0..<rows).map { [.number(Double($0 % 4) / 2), .number(Double($0 % 3) - 1)] })
    }

    /// Two windows of the model: N 2, T 2, F 2.
    package static let windows: JSON = [[[0, -1], [0.5, 0]], [[0.5, 0], [1, 1]]]

    /// A request to train one more epoch from the latest version.
    package static func warm(_ model: String) -> JSON {
        ["model": .string(model), "series": series, "epochs": 1, "warm_start": true]
    }

    /// A training that does not end before any test does.
    package static func long(_ model: String) -> JSON {
        training(model, ["epochs": 100_000, "units": [128, 64]])
    }

    /// A training whose loss becomes infinite within a few epochs.
    package static func diverging(_ model: String) -> JSON {
        training(model, ["epochs": 100, "learning_rate": 1_000_000, "activation": "linear"])
    }

    /// A comparison that trains on half of the rows and evaluates on the other half.
    package static func comparison(_ model: String, _ members: [String: JSON?] = [:]) -> JSON {
        training(model, members)
    }

    /// A training with T 2, F 2, H 2 and one epoch.
    package static func training(_ model: String, _ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "model": .string(model), "series": series, "timesteps": 2, "units": [2], "epochs": 1,
        ]
        return body.with(members)
    }
}
