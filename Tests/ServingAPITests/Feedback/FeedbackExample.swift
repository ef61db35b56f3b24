import APITesting
import Testing

/// A process of two correlated features with noise, a model of it, and feedback on the model.
enum FeedbackExample {
    /// The rows of the process; `lift` is added to the second feature in those of a stretch.
    static func rows(
        _ count: Int, seed: UInt64, lift: Double = 0, in stretch: Range<Int> = 0..<0
    ) -> [[Double]] {
        var noise = Noise(seed: seed)
        return (0..<count).map { row in
            let level = noise.normal()
            return [level, 1 - level + 0.2 * noise.normal() + (stretch.contains(row) ? lift : 0)]
        }
    }

    static func json(_ rows: [[Double]]) -> JSON { .array(rows.map { .array($0.map(JSON.number)) }) }

    static func series(
        _ count: Int, seed: UInt64, lift: Double = 0, in stretch: Range<Int> = 0..<0
    ) -> JSON { json(rows(count, seed: seed, lift: lift, in: stretch)) }

    /// The request that trains version 1 of the model `m`.
    static func training(_ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "model": "m", "series": series(1000, seed: 1), "timesteps": 4, "units": [4], "epochs": 2,
            "seed": 0,
        ]
        return body.with(members)
    }

    /// A server with the model.
    static func trained(
        _ transport: TransportKind = .inProcess, _ members: [String: JSON?] = [:]
    ) throws -> API {
        let api = try API(transport)
        _ = try api.created("/train", training(members))
        return api
    }
}

extension API {
    /// Sends a request that makes a version, and returns its description.
    @discardableResult
    func created(_ path: String, _ body: JSON) throws -> JSON {
        let response = try post(path, body)
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

    /// Gives feedback on the model `m`.
    func feedback(_ members: [String: JSON?]) throws -> JSON {
        try created("/models/m/feedback", JSON.object([:]).with(members))
    }
}
