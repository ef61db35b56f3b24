import APITesting

extension Exercise {
    private static let input: JSON = [
        "name": "windows", "datatype": "FP32", "shape": [1, 2, 2], "data": [0, -1, 0.5, 0],
    ]
    static let inferenceRequest: JSON = ["inputs": [input]]
    private static let npy = [(name: "Accept", value: "application/x-npy")]
    private static let table = [(name: "Accept", value: "text/csv")]
    private static let rows: JSON = [
        "model": "toy", "series": Small.series, "timestamps": .array((0..<10).map { .integer($0 + 1) }),
    ]

    /// JSON, followed by 16 zero bytes, which a `String` can hold.
    private static let (binary, binaryFields): (String, [(name: String, value: String)]) = {
        let tensor = input.with(["data": nil, "parameters": ["binary_data_size": 16]])
        let body: JSON = [
            "id": "b", "model_name": "toy", "parameters": ["binary_data_output": true], "inputs": [tensor],
            "outputs": [["name": "encoding"], ["name": "score", "parameters": ["binary_data": false]]],
        ]
        let json = "\(body)"
        return (
            json + String(repeating: "\0", count: 16),
            [(name: "Inference-Header-Content-Length", value: "\(json.utf8.count)")]
        )
    }()

    /// Requests to the routes of a model, or of one of its versions.
    private static func ofModel(_ path: String, _ target: String, _ unknown: String) -> [Exercise] {
        let (get, ready, post) = ("GET \(path)", "GET \(path)/ready", "POST \(path)/infer")
        let infer = "\(target)/infer"
        return [
            Exercise(get, 200, at: target), Exercise(get, 404, at: unknown),
            Exercise(get, 406, at: target, fields: image),
            Exercise(get, 503, in: .fullPredictions, at: target),
            Exercise(ready, 200, at: "\(target)/ready"), Exercise(ready, 404, at: "\(unknown)/ready"),
            Exercise(ready, 406, at: "\(target)/ready", fields: image),
            Exercise(ready, 503, in: .fullPredictions, at: "\(target)/ready"),
            Exercise(post, 200, at: infer, inferenceRequest),
            Exercise(
                post, 200, at: infer,
                inferenceRequest.with(["id": "7", "outputs": [["name": "reconstruction"]]])),
            Exercise(post, 200, at: infer, fields: binaryFields, text: binary),
            Exercise(post, 400, at: infer, text: "{"),
            Exercise(post, 400, at: infer, inferenceRequest.with(["zzz": 1])),
            Exercise(post, 404, at: "\(unknown)/infer", inferenceRequest),
            Exercise(post, 406, at: infer, fields: image, inferenceRequest),
            Exercise(post, 413, in: .smallBodies, at: infer, inferenceRequest),
            Exercise(post, 415, at: infer, fields: xml, inferenceRequest),
            Exercise(post, 503, in: .fullPredictions, at: infer, inferenceRequest),
        ]
    }

    /// Requests of the Open Inference Protocol, and requests for arrays.
    static let inference: [Exercise] = {
        let version = "/v2/models/{model}/versions/{version}"
        let index = "POST /v2/repository/index"
        return [
            Exercise("GET /v2", 200), Exercise("GET /v2", 406, fields: image),
            Exercise("GET /v2/health/live", 200), Exercise("GET /v2/health/live", 406, fields: image),
            Exercise("GET /v2/health/ready", 200), Exercise("GET /v2/health/ready", 406, fields: image),
            Exercise("GET /v2/health/ready", 503, in: .draining),
            Exercise("GET /v2/models/{model}", 200, at: "/v2/models/stacked"),
            Exercise("GET \(version)", 400, at: "/v2/models/toy/versions/0"),
            Exercise("GET \(version)/ready", 400, at: "/v2/models/toy/versions/0/ready"),
            Exercise(index, 200), Exercise(index, 200, ["ready": true]), Exercise(index, 400, ["zzz": 1]),
            Exercise(index, 406, fields: image), Exercise(index, 415, fields: xml, [:]),
            Exercise(index, 413, in: .smallBodies, text: "{}" + String(repeating: " ", count: 64)),
            Exercise(index, 503, in: .fullPredictions, [:]),
            Exercise("POST /reconstruct", 200, fields: npy, ["model": "toy", "windows": Small.windows]),
            Exercise("POST /encode", 200, fields: npy, ["model": "toy", "windows": Small.windows]),
            Exercise("POST /reconstruct", 200, fields: table, ["model": "toy", "windows": Small.windows]),
            Exercise("POST /reconstruct", 200, fields: table, rows.with(["rows": true])),
            Exercise("POST /reconstruct", 200, rows.with(["rows": true])),
            Exercise("POST /score", 200, fields: table, rows),
            Exercise("POST /score", 200, rows.with(["include": ["row_shares"]])),
        ] + ofModel("/v2/models/{model}", "/v2/models/toy", "/v2/models/unknown")
            + ofModel(version, "/v2/models/toy/versions/1", "/v2/models/toy/versions/9")
    }()
}
