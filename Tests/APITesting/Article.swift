/// The example of "Step-by-step understanding LSTM Autoencoder layers", as requests.
package enum Article {
    /// Nine rows of two features, the second the cube of the first.
    package static let series: JSON = .array(
        (1...9).map { [.number(Double($0) / 10), .number(Double($0 * $0 * $0) / 1000)] })

    /// The five windows of its Figure 1.2.
    package static let windows: JSON = .array(
        (2...6).map { first in .array((first..<first + 3).compactMap { series[$0] }) })

    /// The body of its training.
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

/// Requests of a model that costs next to nothing.
package enum Small {
    /// Ten rows of two features.
    package static let series = series(rows: 10)

    package static func series(rows: Int) -> JSON {
        .array((0..<rows).map { [.number(Double($0 % 4) / 2), .number(Double($0 % 3) - 1)] })
    }

    /// Two windows of it.
    package static let windows: JSON = [[[0, -1], [0.5, 0]], [[0.5, 0], [1, 1]]]

    /// What goes on from the latest version.
    package static func warm(_ model: String) -> JSON {
        ["model": .string(model), "series": series, "epochs": 1, "warm_start": true]
    }

    /// Longer than any test.
    package static func long(_ model: String) -> JSON {
        training(model, ["epochs": 100_000, "units": [128, 64]])
    }

    /// A loss that is infinite soon.
    package static func diverging(_ model: String) -> JSON {
        training(model, ["epochs": 100, "learning_rate": 1_000_000, "activation": "linear"])
    }

    /// Half of ten rows to train on and half to judge.
    package static func comparison(_ model: String, _ members: [String: JSON?] = [:]) -> JSON {
        training(model, members)
    }

    /// T 2, F 2, 2 units, 1 epoch.
    package static func training(_ model: String, _ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "model": .string(model), "series": series, "timesteps": 2, "units": [2], "epochs": 1,
        ]
        return body.with(members)
    }
}
