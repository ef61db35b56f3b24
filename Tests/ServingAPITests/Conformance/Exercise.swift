import APITesting

/// A request that brings about one documented answer.
struct Exercise: CustomStringConvertible {
    /// As openapi.yaml names it, such as `GET /models/{model}`.
    let operation: String
    let status: Int
    var situation = Situation.ordinary
    /// Path and query; the operation's path where it has no parameters.
    var target: String
    var fields: [(name: String, value: String)] = []
    var body: String?

    var method: String { String(operation.prefix { $0 != " " }) }
    var description: String { "\(operation) \(status)" }

    init(
        _ operation: String, _ status: Int, in situation: Situation = .ordinary, at target: String? = nil,
        fields: [(name: String, value: String)] = [], text: String? = nil, _ body: JSON? = nil
    ) {
        self.operation = operation
        self.status = status
        self.situation = situation
        self.target = target ?? String(operation.drop { $0 != " " }.dropFirst())
        self.fields = fields
        self.body = text ?? body.map { "\($0)" }
    }

    func send(to api: API) throws -> Answer {
        try api.send(method, target, fields: fields, body: body.map { Array($0.utf8) })
    }
}

extension Exercise {
    static let image = [(name: "Accept", value: "image/png")]
    private static let csv = [(name: "Content-Type", value: "text/csv")]
    private static let text = [(name: "Accept", value: "text/plain")]
    private static let windows: JSON = ["model": "toy", "windows": Small.windows]
    private static let architecture: JSON = ["timesteps": 3, "features": 2, "units": [4]]

    /// What every operation with a body answers, whatever it does.
    private static func aboutBodies(_ operation: String, _ body: JSON) -> [Exercise] {
        [
            Exercise(operation, 400, text: "{"), Exercise(operation, 406, fields: image, body),
            Exercise(operation, 415, fields: csv, body), Exercise(operation, 422, body.with(["zzz": 1])),
            Exercise(operation, 413, in: .smallBodies, text: "\(body)" + String(repeating: " ", count: 64)),
        ]
    }

    private static func aboutVersions(_ method: String, _ path: String) -> [Exercise] {
        let operation = "\(method) \(path)"
        return [
            Exercise(operation, 400, at: "/models/toy/versions/zero"),
            Exercise(operation, 404, at: "/models/toy/versions/9"),
            Exercise(operation, 406, at: "/models/toy/versions/1", fields: image),
        ]
    }

    private static func predictions(_ path: String) -> [Exercise] {
        [
            Exercise("POST \(path)", 200, windows),
            Exercise("POST \(path)", 404, windows.with(["model": "unknown"])),
            // A small one doesn't wait in the line.
            Exercise(
                "POST \(path)", 503, in: .fullPredictions,
                text: "\(windows)" + String(repeating: " ", count: 1 << 15)),
        ]
    }

    /// At least one for each documented pair of operation and status. Those that delete come last.
    static let all: [Exercise] =
        aboutBodies("POST /train", Small.training("toy"))
        + aboutBodies("POST /reconstruct", windows) + aboutBodies("POST /encode", windows)
        + aboutBodies("POST /summary", architecture)
        + predictions("/reconstruct") + predictions("/encode") + [
            Exercise("POST /train", 201, Small.training("new")),
            Exercise("POST /train", 201, Small.training("new", ["validation_split": 0.5])),
            Exercise("POST /train", 201, Small.training("new", ["architecture": "stacked"])),
            Exercise("POST /train", 429, in: .fullTrainings, Small.training("toy")),
            Exercise("POST /train", 503, in: .fullPredictions, Small.training("toy")),
            Exercise("POST /train", 507, in: .fullRegistry, Small.training("toy")),
            Exercise("POST /encode", 409, windows.with(["model": "stacked"])),
            Exercise("POST /summary", 200, architecture),
            Exercise("POST /summary", 503, in: .fullPredictions, architecture),
            Exercise("POST /summary", 200, fields: text, architecture),
            Exercise("GET /summary", 200, at: "/summary?model=toy"),
            Exercise("GET /summary", 200, at: "/summary?model=toy&version=1", fields: text),
            Exercise("GET /summary", 400),
            Exercise("GET /summary", 404, at: "/summary?model=unknown"),
            Exercise("GET /summary", 406, at: "/summary?model=toy", fields: image),
            Exercise("GET /models", 200), Exercise("GET /models", 406, fields: image),
            Exercise("GET /models", 503, in: .fullPredictions),
            Exercise("GET /models/{model}", 200, at: "/models/toy"),
            Exercise("GET /models/{model}", 404, at: "/models/unknown"),
            Exercise("GET /models/{model}", 406, at: "/models/toy", fields: image),
            Exercise("GET /models/{model}/versions/{version}", 200, at: "/models/stacked/versions/1"),
            Exercise("GET /healthz", 200), Exercise("GET /healthz", 406, fields: image),
            Exercise("GET /readyz", 200), Exercise("GET /readyz", 406, fields: image),
            Exercise("GET /readyz", 503, in: .draining),
            Exercise("GET /openapi.yaml", 304, fields: [(name: "If-None-Match", value: "*")]),
            Exercise("GET /openapi.yaml", 200), Exercise("GET /openapi.yaml", 406, fields: image),
            Exercise("DELETE /models/{model}", 404, at: "/models/unknown"),
            Exercise("DELETE /models/{model}", 406, at: "/models/toy", fields: image),
        ]
        + aboutVersions("GET", "/models/{model}/versions/{version}")
        + aboutVersions("DELETE", "/models/{model}/versions/{version}") + [
            Exercise("DELETE /models/{model}/versions/{version}", 204, at: "/models/toy/versions/2"),
            Exercise("DELETE /models/{model}", 204, at: "/models/toy"),
        ]
}
