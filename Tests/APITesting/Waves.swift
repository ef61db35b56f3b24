import Foundation

/// Two features, a = sin(i/3) and b = cos(i/3), to train on and to spoil.
package enum Waves {
    /// T of the models.
    package static let timesteps = 8

    /// The rows i = 0, 1, … with a change of each.
    package static func rows(_ count: Int, _ change: (Int, inout [Double]) -> Void = { _, _ in })
        -> [[Double]]
    {
        (0..<count).map { index in
            var row = [sin(Double(index) / 3), cos(Double(index) / 3)]
            change(index, &row)
            return row
        }
    }

    /// The request that trains a model, by default with H 8 and 4 for 8 epochs.
    package static func training(
        _ model: String, _ rows: [[Double]] = rows(400), _ members: [String: JSON?] = [:]
    ) -> JSON {
        let body: JSON = [
            "model": .string(model), "series": JSON(rows), "timesteps": .integer(timesteps), "units": [8, 4],
            "epochs": 8,
        ]
        return body.with(members)
    }
}

extension JSON {
    /// Rows of numbers.
    package init(_ rows: [[Double]]) { self = .array(rows.map { .array($0.map { .number($0) }) }) }
}
