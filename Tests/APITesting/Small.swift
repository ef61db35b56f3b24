import ModelFormats

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

    /// A model file for T 2 and F 2, without a threshold. Its weights are zeros, so that a `String` can hold
    /// it.
    package static let modelFile = modelFile([:])

    /// The same file with more metadata.
    package static func modelFile(_ more: [String: String]) -> String {
        let document = "{\"architecture\":\"stacked\",\"units\":[1]}"
        let shapes: [(name: String, shape: [Int])] = [
            ("lstm/lstm_cell/kernel", [2, 4]), ("lstm/lstm_cell/recurrent_kernel", [1, 4]),
            ("lstm/lstm_cell/bias", [4]), ("lstm_1/lstm_cell/kernel", [1, 4]),
            ("lstm_1/lstm_cell/recurrent_kernel", [1, 4]), ("lstm_1/lstm_cell/bias", [4]),
            ("time_distributed/dense/kernel", [1, 2]), ("time_distributed/dense/bias", [2]),
        ]
        let tensors = shapes.map {
            NamedTensor(
                name: $0.name, shape: $0.shape, values: Array(repeating: 0, count: $0.shape.reduce(1, *)))
        }
        let metadata = [("timesteps", "2"), ("features", "2"), ("architecture", document)]
        let added = more.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        return String(decoding: SafeTensors.write(tensors, metadata: metadata + added), as: UTF8.self)
    }
}
