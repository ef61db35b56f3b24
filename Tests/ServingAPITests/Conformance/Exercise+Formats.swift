import APITesting

/// Requests to versions that only a newer release understands, and to a server whose disk is too full.
extension Exercise {
    static let formats: [Exercise] = newer + full + queries

    /// Parameters that the paths do not have.
    private static let queries: [Exercise] = [
        "GET /jobs", "GET /jobs/{job}", "DELETE /jobs/{job}", "GET /jobs/{job}/events", "GET /models/{model}",
        "DELETE /models/{model}", "GET /models/{model}/model.safetensors",
        "PUT /models/{model}/model.safetensors", "GET /models/{model}/model.onnx",
    ].map { operation in
        let path = operation.drop { $0 != "/" }.replacing("{job}", with: "x").replacing(
            "{model}", with: "toy")
        return Exercise(operation, 400, at: "\(path)?version=2")
    }

    private static let newer: [Exercise] = {
        let windows: JSON = ["model": "newer", "windows": Small.windows]
        let labelled: JSON = [
            "model": "newer", "series": Small.series, "labels": [0, 0, 0, 0, 0, 0, 0, 1, 1, 0],
        ]
        let predictions = ["/inspect", "/reconstruct", "/encode", "/score", "/layers"].map {
            Exercise("POST \($0)", 409, in: .newerFormat, windows)
        }
        let versions = ["", "/model.safetensors", "/model.onnx"].map { file in
            Exercise(
                "GET /models/{model}/versions/{version}\(file)", 409, in: .newerFormat,
                at: "/models/toy/versions/2\(file)")
        }
        let models = ["", "/model.safetensors", "/model.onnx"].map { file in
            Exercise("GET /models/{model}\(file)", 409, in: .newerFormat, at: "/models/newer\(file)")
        }
        let detector = "\(detectorModels)/\(Situation.newerDetector)"
        return predictions + versions + models + [
            Exercise("POST /score", 409, in: .newerFormat, windows.with(["model": "toy", "version": 2])),
            Exercise("POST /evaluate", 409, in: .newerFormat, labelled),
            Exercise(
                "POST /models/{model}/feedback", 409, in: .newerFormat, at: "/models/newer/feedback",
                ["series": Small.series, "normal": [[1, 2]]]),
            Exercise("POST /train", 409, in: .newerFormat, Small.warm("newer")),
            Exercise(
                "POST /models/{model}/calibrate", 409, in: .newerFormat, at: "/models/newer/calibrate",
                ["series": Small.series]),
            Exercise("GET /summary", 409, in: .newerFormat, at: "/summary?model=newer"),
            Exercise("GET /models/{model}", 200, in: .newerFormat, at: "/models/toy"),
            Exercise("GET /models", 200, in: .newerFormat),
            Exercise("POST /v2/repository/index", 200, in: .newerFormat, [:]),
            Exercise("GET \(detectorModels)/{model}", 409, in: .newerFormat, at: detector),
            Exercise(
                "POST \(detectorModels)/{model}:detect-batch", 409, in: .newerFormat,
                at: "\(detector):detect-batch", batch),
            Exercise(
                "POST \(detectorModels)/{model}:detect-last", 409, in: .newerFormat,
                at: "\(detector):detect-last", last),
            Exercise(
                "PUT /models/{model}/model.safetensors", 409, at: "/models/toy/model.safetensors",
                fields: [(name: "Content-Type", value: "application/octet-stream")],
                text: Small.modelFile(["requires": "[\"magic\"]"])),
        ] + inferences
    }()

    private static let inferences: [Exercise] = ["", "/ready", "/infer"].flatMap { end in
        let method = end == "/infer" ? "POST" : "GET"
        let body: JSON? = end == "/infer" ? inferenceRequest : nil
        return [
            Exercise(
                "\(method) /v2/models/{model}\(end)", 409, in: .newerFormat, at: "/v2/models/newer\(end)",
                body),
            Exercise(
                "\(method) /v2/models/{model}/versions/{version}\(end)", 409, in: .newerFormat,
                at: "/v2/models/toy/versions/2\(end)", body),
        ]
    }

    private static let full: [Exercise] = [
        Exercise("GET /readyz", 503, in: .fullDisk), Exercise("GET /v2/health/ready", 503, in: .fullDisk),
        Exercise("POST /train", 507, in: .fullDisk, Small.training("toy")),
        Exercise(
            "POST /models/{model}/calibrate", 507, in: .fullDisk, at: "/models/toy/calibrate",
            ["series": Small.series]),
        Exercise("POST /compare", 507, in: .fullDisk, Small.comparison("toy")),
        Exercise(
            "POST /models/{model}/feedback", 507, in: .fullDisk, at: "/models/toy/feedback",
            ["series": Small.series, "normal": [[1, 2]]]),
        Exercise(
            "PUT /models/{model}/model.safetensors", 507, in: .fullDisk, at: "/models/toy/model.safetensors",
            fields: [(name: "Content-Type", value: "application/octet-stream")], text: Small.modelFile),
        Exercise("POST \(detectorModels)", 507, in: .fullDisk, training),
        Exercise("DELETE /models/{model}", 404, in: .fullDisk, at: "/models/unknown"),
    ]
}
