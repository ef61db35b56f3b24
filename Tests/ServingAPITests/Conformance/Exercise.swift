import APITesting

/// A request that causes one documented response.
struct Exercise: CustomStringConvertible {
    /// Method and path in openapi.yaml, such as `GET /models/{model}`.
    let operation: String
    let status: Int
    var situation = Situation.ordinary
    /// Path and query; by default the operation's path.
    var target: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8]?

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
        self.body = (text ?? body.map { "\($0)" }).map { Array($0.utf8) }
    }

    /// A request with an array in NumPy's format.
    init(_ operation: String, _ status: Int, at target: String, npy: [UInt8]) {
        self.init(operation, status, at: target, fields: [(name: "Content-Type", value: "application/x-npy")])
        body = npy
    }

    func send(to api: API) throws -> APIResponse {
        try api.send(method, resolved(target, api), fields: fields, body: body)
    }

    /// The target with its placeholder replaced: a job's state in braces by the id of such a job, a word of
    /// ``detectorName(_:_:)`` by that name.
    private func resolved(_ target: String, _ api: API) throws -> String {
        guard let state = target.firstMatch(of: /\{(.*)\}/)?.1 else { return target }
        if let name = try Self.detectorName(String(state), api) {
            return target.replacing("{\(state)}", with: name)
        }
        let jobs = (try api.get("/jobs").json["jobs"]?.array ?? []).filter {
            $0["state"]?.string == String(state)
        }
        // A job of the own API, if there is one, has more to say than one of another protocol.
        guard let id = (jobs.first { $0["model"] == "new" } ?? jobs.first)?["id"]?.string else {
            throw HarnessError("no job is in the state \(state)")
        }
        return target.replacing("{\(state)}", with: id)
    }
}

extension Exercise {
    static let image = [(name: "Accept", value: "image/png")]
    static let csv = [(name: "Content-Type", value: "text/csv")]
    static let xml = [(name: "Content-Type", value: "text/xml")]
    /// A condition that is false for every resource that exists.
    static let unmatched = [(name: "If-Match", value: "\"x\"")]
    private static let text = [(name: "Accept", value: "text/plain")]
    private static let picture = [(name: "Accept", value: "image/svg+xml")]
    private static let windows: JSON = ["model": "toy", "windows": Small.windows]
    private static let timed: [String: JSON?] = [
        "timestamps": .array((0..<10).map { .integer($0) }), "interval": 1, "aggregate": "last",
        "max_gap": 5, "difference": ["0"],
    ]
    private static let architecture: JSON = ["timesteps": 3, "features": 2, "units": [4]]

    /// The refusals that every operation with a body has.
    private static func bodyRefusals(_ operation: String, _ body: JSON) -> [Exercise] {
        [
            Exercise(operation, 400, text: "{"), Exercise(operation, 406, fields: image, body),
            Exercise(operation, 415, fields: xml, body), Exercise(operation, 422, body.with(["zzz": 1])),
            Exercise(operation, 413, in: .smallBodies, text: "\(body)" + String(repeating: " ", count: 64)),
        ]
    }

    /// The refusals that every operation on a version has.
    private static func versionRefusals(_ method: String, _ path: String) -> [Exercise] {
        let operation = "\(method) \(path)"
        let end = ["/model.safetensors", "/model.onnx"].first { path.hasSuffix($0) } ?? ""
        return [
            Exercise(operation, 400, at: "/models/toy/versions/0\(end)"),
            Exercise(operation, 404, at: "/models/toy/versions/9\(end)"),
            Exercise(operation, 406, at: "/models/toy/versions/1\(end)", fields: image),
            Exercise(operation, 503, in: .fullPredictions, at: "/models/toy/versions/1\(end)"),
        ]
    }

    /// The responses to conditional and partial downloads, whose entity tags are strong.
    private static func selections(_ operation: String, at target: String) -> [Exercise] {
        [
            Exercise(operation, 206, at: target, fields: [(name: "Range", value: "bytes=0-7")]),
            Exercise(operation, 304, at: target, fields: [(name: "If-None-Match", value: "*")]),
            Exercise(operation, 412, at: target, fields: unmatched),
            Exercise(operation, 416, at: target, fields: [(name: "Range", value: "bytes=99999999-")]),
        ]
    }

    /// The refusals that every operation on a job has.
    private static func jobRefusals(_ method: String, _ path: String) -> [Exercise] {
        let end = path.hasSuffix("/events") ? "/events" : ""
        return [
            Exercise("\(method) \(path)", 404, at: "/jobs/none\(end)"),
            Exercise("\(method) \(path)", 406, at: "/jobs/{succeeded}\(end)", fields: image),
        ]
    }

    private static let events = [(name: "Accept", value: "text/event-stream")]
    private static let async = [(name: "Prefer", value: "respond-async")]
    private static let jobs: [Exercise] =
        [
            Exercise("GET /jobs", 200), Exercise("GET /jobs", 406, fields: image),
            Exercise("GET /jobs/{job}", 200, at: "/jobs/{succeeded}"),
            Exercise("GET /jobs/{job}", 200, at: "/jobs/{failed}"),
            Exercise("GET /jobs/{job}", 200, at: "/jobs/{cancelled}"),
            Exercise("GET /jobs/{job}/events", 200, at: "/jobs/{succeeded}/events"),
            Exercise(
                "GET /jobs/{job}/events", 204, at: "/jobs/{succeeded}/events",
                fields: [(name: "Last-Event-ID", value: "1000000")]),
            Exercise("DELETE /jobs/{job}", 202, in: .fullTrainings, at: "/jobs/{queued}"),
            Exercise("GET /jobs/{job}", 503, in: .fullPredictions, at: "/jobs/x"),
            Exercise("DELETE /jobs/{job}", 503, in: .fullPredictions, at: "/jobs/x"),
            Exercise("DELETE /jobs/{job}", 412, at: "/jobs/{succeeded}", fields: unmatched),
        ] + jobRefusals("GET", "/jobs/{job}") + jobRefusals("GET", "/jobs/{job}/events")
        + jobRefusals("DELETE", "/jobs/{job}") + [
            Exercise("DELETE /jobs/{job}", 204, at: "/jobs/{failed}")
        ]

    private static let files: [Exercise] = {
        let (get, put) = ("GET /models/{model}/model.safetensors", "PUT /models/{model}/model.safetensors")
        let path = "/models/toy/model.safetensors"
        let bytes = [(name: "Content-Type", value: "application/octet-stream")]
        return [
            Exercise(get, 200, at: path), Exercise(get, 404, at: "/models/unknown/model.safetensors"),
            Exercise(get, 406, at: path, fields: image), Exercise(get, 503, in: .fullPredictions, at: path),
            Exercise(put, 201, at: "/models/brought/model.safetensors", fields: bytes, text: Small.modelFile),
            Exercise("GET /models/{model}/versions/{version}", 200, at: "/models/brought/versions/1"),
            // The uploaded model has no threshold.
            Exercise("POST /score", 409, ["model": "brought", "windows": Small.windows]),
            Exercise("POST /evaluate", 409, labelled.with(["model": "brought"])),
            Exercise(
                "POST /models/{model}/feedback", 409, at: "/models/brought/feedback",
                ["series": Small.series, "normal": [[1, 2]]]),
            Exercise(put, 404, at: "/models/-/model.safetensors", fields: bytes, text: Small.modelFile),
            Exercise(put, 406, at: path, fields: image + bytes, text: Small.modelFile),
            Exercise(put, 412, at: path, fields: unmatched + bytes, text: Small.modelFile),
            Exercise(
                put, 413, in: .smallBodies, at: path, fields: bytes,
                text: String(repeating: " ", count: 17 << 20)),
            Exercise(put, 415, at: path, fields: xml, text: Small.modelFile),
            Exercise(put, 422, at: path, fields: bytes, text: "{}"),
            Exercise(put, 503, in: .fullPredictions, at: path, fields: bytes, text: Small.modelFile),
            Exercise(put, 507, in: .fullRegistry, at: path, fields: bytes, text: Small.modelFile),
            Exercise(
                "GET /models/{model}/versions/{version}/model.safetensors", 200,
                at: "/models/toy/versions/1/model.safetensors"),
        ] + selections(get, at: path)
            + selections(
                "GET /models/{model}/versions/{version}/model.safetensors",
                at: "/models/toy/versions/1/model.safetensors")
            + versionRefusals("GET", "/models/{model}/versions/{version}/model.safetensors")
    }()

    private static let onnx: [Exercise] = {
        let (latest, version) = (
            "GET /models/{model}/model.onnx", "GET /models/{model}/versions/{version}/model.onnx"
        )
        let paths = (latest: "/models/toy/model.onnx", version: "/models/toy/versions/1/model.onnx")
        return [
            Exercise(latest, 200, at: paths.latest), Exercise(latest, 404, at: "/models/unknown/model.onnx"),
            Exercise(latest, 406, at: paths.latest, fields: image),
            Exercise(latest, 409, in: .smallFiles, at: paths.latest),
            Exercise(latest, 503, in: .fullPredictions, at: paths.latest),
            Exercise(version, 200, at: paths.version),
            Exercise(version, 409, in: .smallFiles, at: paths.version),
        ] + selections(latest, at: paths.latest) + selections(version, at: paths.version)
            + versionRefusals("GET", "/models/{model}/versions/{version}/model.onnx")
    }()

    private static let labelled: JSON = [
        "model": "toy", "series": Small.series, "labels": [0, 0, 0, 0, 0, 0, 0, 1, 1, 0],
    ]
    private static let scores: [Exercise] = [
        Exercise(
            "POST /score", 200,
            [
                "model": "toy", "series": Small.series, "threshold": 0.000001, "events": [:],
                "include": ["windows", "rows", "events", "timesteps", "features"],
            ]),
        Exercise(
            "POST /score", 200, ["model": "toy", "series": Small.series, "quantile": 0.5, "last": true]),
        Exercise(
            "POST /score", 200,
            ["model": "toy", "series": Small.series, "include": ["return_periods"], "sort": "peak"]),
        Exercise("POST /evaluate", 200, labelled),
        Exercise("POST /evaluate", 200, labelled.with(["labels": [[2, 3]]])),
        Exercise("POST /evaluate", 404, labelled.with(["model": "unknown"])),
        Exercise("POST /evaluate", 503, in: .fullPredictions, labelled),
    ]

    private static let calibrations: [Exercise] = {
        let (operation, path) = ("POST /models/{model}/calibrate", "/models/toy/calibrate")
        let body: JSON = ["series": Small.series]
        return [
            Exercise(
                operation, 201, at: path,
                ["windows": Small.windows, "version": 1, "error_kind": "mae", "sigmas": 2]),
            Exercise(operation, 201, at: path, fields: csv, text: "0,1\n1,2\n3,4\n2,2\n"),
            Exercise("GET /models/{model}", 200, at: "/models/toy"),
            Exercise(operation, 422, at: path, ["series": [[0, 1]]]),
        ] + thresholds(operation, "calibrate", of: "toy", body)
    }()

    /// Of `stacked`, because other exercises name versions of `toy` that do not exist.
    private static let feedback: [Exercise] = {
        let (operation, path) = ("POST /models/{model}/feedback", "/models/stacked/feedback")
        let body: JSON = ["series": Small.series, "normal": [[1, 2]]]
        return [
            Exercise(
                operation, 201, at: path,
                ["series": Small.series, "anomalous": [[3, 4]], "version": 1, "sigmas": 2]),
            Exercise(
                operation, 201, at: "\(path)?normal=ok", fields: csv, text: "0,1,ok\n1,2,1\n3,4,1\n2,2,0\n"),
            Exercise("GET /models/{model}", 200, at: "/models/stacked"),
            Exercise(operation, 422, at: path, ["series": Small.series]),
        ] + thresholds(operation, "feedback", of: "stacked", body)
    }()

    /// What an operation that learns a threshold again responds to its data.
    private static func thresholds(
        _ operation: String, _ action: String, of model: String, _ body: JSON
    ) -> [Exercise] {
        let (path, toy) = ("/models/\(model)/\(action)", "/models/toy/\(action)")
        return [
            Exercise(operation, 201, at: path, body),
            Exercise(operation, 200, at: path, fields: events, body),
            Exercise(operation, 202, at: path, fields: async, body),
            Exercise(operation, 400, at: path, text: "{"),
            Exercise(operation, 404, at: "/models/unknown/\(action)", body),
            Exercise(operation, 404, at: path, body.with(["version": 99])),
            Exercise(operation, 406, at: path, fields: image, body),
            Exercise(
                operation, 413, in: .smallBodies, at: toy,
                text: "\(body)" + String(repeating: " ", count: 64)),
            Exercise(operation, 415, at: path, fields: xml, body),
            Exercise(operation, 422, at: path, body.with(["zzz": 1])),
            Exercise(operation, 429, in: .fullTrainings, at: toy, body),
            Exercise(operation, 503, in: .fullPredictions, at: toy, body),
            Exercise(operation, 507, in: .fullRegistry, at: toy, body),
        ]
    }

    private static let aliases: [Exercise] = {
        let (put, delete) = (
            "PUT /models/{model}/aliases/{alias}", "DELETE /models/{model}/aliases/{alias}"
        )
        let (path, body): (String, JSON) = ("/models/toy/aliases/stable", ["version": 1])
        return [
            Exercise(put, 200, at: path, body), Exercise(put, 400, at: "/models/toy/aliases/1", body),
            Exercise(put, 404, at: path, ["version": 9]), Exercise(put, 406, at: path, fields: image, body),
            Exercise(put, 412, at: path, fields: unmatched, body),
            Exercise(
                put, 413, in: .smallBodies, at: path, text: "\(body)" + String(repeating: " ", count: 64)),
            Exercise(put, 415, at: path, fields: xml, body), Exercise(put, 422, at: path, ["version": 0]),
            Exercise(put, 503, in: .fullPredictions, at: path, body),
            Exercise("GET /models/{model}", 200, at: "/models/toy"),
            Exercise("GET /models/{model}/versions/{version}", 200, at: "/models/toy/versions/stable"),
            Exercise("POST /encode", 200, windows.with(["version": "stable"])),
            Exercise("GET /summary", 200, at: "/summary?model=toy&version=stable"),
            Exercise("DELETE /models/{model}/versions/{version}", 409, at: "/models/toy/versions/1"),
            Exercise(delete, 400, at: "/models/toy/aliases/1"),
            Exercise(delete, 404, at: "/models/toy/aliases/none"),
            Exercise(delete, 406, at: path, fields: image),
            Exercise(delete, 412, at: path, fields: unmatched),
            Exercise(delete, 503, in: .fullPredictions, at: path),
            Exercise(delete, 204, at: path),
        ]
    }()

    /// Windows with a value that is limited, which gives a warning.
    private static let largeWindows = windows.with(["windows": [[[1e300, -1], [0.5, 0]]]])

    private static func predictions(_ path: String) -> [Exercise] {
        [
            Exercise("POST \(path)", 200, windows),
            Exercise("POST \(path)", 200, largeWindows),
            Exercise("POST \(path)", 404, windows.with(["model": "unknown"])),
            // A small body would not wait in the queue.
            Exercise(
                "POST \(path)", 503, in: .fullPredictions,
                text: "\(windows)" + String(repeating: " ", count: 1 << 15)),
        ]
    }

    /// At least one for each documented pair of operation and status, in the order in which they are sent.
    /// Deletions come last.
    static let all: [Exercise] =
        bodyRefusals("POST /train", Small.training("toy"))
        + bodyRefusals("POST /reconstruct", windows) + bodyRefusals("POST /encode", windows)
        + bodyRefusals("POST /layers", windows) + bodyRefusals("POST /inspect", windows)
        + bodyRefusals("POST /summary", architecture) + bodyRefusals("POST /compare", Small.comparison("toy"))
        + bodyRefusals("POST /score", windows) + bodyRefusals("POST /evaluate", labelled)
        + predictions("/reconstruct") + predictions("/encode") + predictions("/score")
        + predictions("/inspect") + scores + data + calibrations + feedback + [
            Exercise("POST /train", 201, Small.training("new")),
            Exercise("POST /train", 201, Small.training("new", ["validation_split": 0.5])),
            Exercise("POST /train", 201, Small.training("new", ["architecture": "stacked"])),
            Exercise("POST /train", 201, Small.training("timed", timed)),
            Exercise("GET /models/{model}", 200, at: "/models/timed"),
            Exercise("POST /train", 201, Small.warm("new")),
            Exercise("POST /train", 200, fields: events, Small.training("new")),
            Exercise("POST /train", 202, fields: async, Small.training("new")),
            Exercise("POST /train", 404, Small.warm("unknown")),
            Exercise("POST /train", 409, in: .cancelling, Small.long("toy")),
            Exercise("POST /train", 429, in: .fullTrainings, Small.training("toy")),
            Exercise("POST /train", 503, in: .fullPredictions, Small.training("toy")),
            Exercise("POST /train", 507, in: .fullRegistry, Small.training("toy")),
            Exercise("POST /compare", 200, Small.comparison("toy", ["labels": [[8, 9]], "seeds": [0, 1]])),
            Exercise("POST /compare", 200, Small.comparison("toy")),
            Exercise("POST /compare", 409, in: .cancelling, Small.comparison("toy", ["epochs": 100_000])),
            Exercise("POST /compare", 429, in: .fullTrainings, Small.comparison("toy")),
            Exercise("POST /compare", 503, in: .fullPredictions, Small.comparison("toy")),
            Exercise("POST /compare", 507, in: .fullRegistry, Small.comparison("toy")),
            Exercise("POST /encode", 409, windows.with(["model": "stacked"])),
            Exercise("POST /layers", 200, windows),
            Exercise("POST /layers", 200, largeWindows),
            Exercise("POST /layers", 200, windows.with(["window": 1])),
            Exercise("POST /layers", 200, fields: picture, windows),
            Exercise("POST /layers", 404, windows.with(["model": "unknown"])),
            Exercise("POST /layers", 503, in: .fullPredictions, windows),
            Exercise("POST /summary", 200, architecture),
            Exercise("POST /summary", 503, in: .fullPredictions, architecture),
            Exercise("POST /summary", 200, fields: text, architecture),
            Exercise("POST /summary", 200, fields: picture, architecture),
            Exercise("GET /summary", 200, at: "/summary?model=toy"),
            Exercise("GET /summary", 200, at: "/summary?model=toy&version=1", fields: text),
            Exercise("GET /summary", 200, at: "/summary?model=toy", fields: picture),
            Exercise("GET /summary", 400),
            Exercise("GET /summary", 404, at: "/summary?model=unknown"),
            Exercise("GET /summary", 406, at: "/summary?model=toy", fields: image),
            Exercise("GET /summary", 503, in: .fullPredictions, at: "/summary?model=toy"),
            Exercise("GET /models", 200), Exercise("GET /models", 200, at: "/models?limit=1"),
            Exercise("GET /models", 400, at: "/models?limit=0"), Exercise("GET /models", 406, fields: image),
            Exercise("GET /models", 503, in: .fullPredictions),
            Exercise("GET /models/{model}", 200, at: "/models/toy"),
            Exercise("GET /models/{model}", 404, at: "/models/unknown"),
            Exercise("GET /models/{model}", 406, at: "/models/toy", fields: image),
            Exercise("GET /models/{model}", 503, in: .fullPredictions, at: "/models/toy"),
            Exercise("GET /models/{model}/versions/{version}", 200, at: "/models/stacked/versions/1"),
            Exercise("GET /healthz", 200), Exercise("GET /healthz", 406, fields: image),
            Exercise("GET /readyz", 200), Exercise("GET /readyz", 406, fields: image),
            Exercise("GET /readyz", 503, in: .draining),
            Exercise("GET /metrics", 200),
            Exercise("GET /metrics", 200, fields: [(name: "Accept", value: "application/openmetrics-text")]),
            Exercise("GET /metrics", 406, fields: image),
            Exercise("GET /openapi.yaml", 304, fields: [(name: "If-None-Match", value: "*")]),
            Exercise("GET /openapi.yaml", 200), Exercise("GET /openapi.yaml", 406, fields: image),
            Exercise("GET /problems", 200), Exercise("GET /problems", 200, fields: text),
            Exercise("GET /problems", 304, fields: [(name: "If-None-Match", value: "*")]),
            Exercise("GET /problems", 406, fields: image),
            Exercise("GET /problems/{type}", 200, at: "/problems/unknown-model"),
            Exercise("GET /problems/{type}", 200, at: "/problems/unknown-model", fields: text),
            Exercise(
                "GET /problems/{type}", 304, at: "/problems/unknown-model",
                fields: [(name: "If-None-Match", value: "*")]),
            Exercise("GET /problems/{type}", 404, at: "/problems/unknown"),
            Exercise("GET /problems/{type}", 406, at: "/problems/unknown-model", fields: image),
            Exercise("DELETE /models/{model}", 404, at: "/models/unknown"),
            Exercise("DELETE /models/{model}", 406, at: "/models/toy", fields: image),
            Exercise("DELETE /models/{model}", 503, in: .fullPredictions, at: "/models/toy"),
        ] + readOnly + formats + console + detectors + jobs + files + onnx + aliases + inference
        + versionRefusals("GET", "/models/{model}/versions/{version}")
        + versionRefusals("DELETE", "/models/{model}/versions/{version}") + [
            Exercise(
                "DELETE /models/{model}/versions/{version}", 412, at: "/models/toy/versions/2",
                fields: unmatched),
            Exercise("DELETE /models/{model}/versions/{version}", 204, at: "/models/toy/versions/2"),
            Exercise("DELETE /models/{model}", 412, at: "/models/toy", fields: unmatched),
            Exercise("DELETE /models/{model}", 204, at: "/models/toy"),
        ]
}
