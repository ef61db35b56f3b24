import APITesting

/// Requests that a read-only server refuses.
extension Exercise {
    /// For each operation that changes the folder of models, a request that a writable server would carry
    /// out.
    static let readOnly: [Exercise] = {
        let alias = "/models/{model}/aliases/{alias}"
        let bytes = [(name: "Content-Type", value: "application/octet-stream")]
        return [
            Exercise("POST /train", 405, in: .readOnly, Small.training("toy")),
            Exercise(
                "POST /models/{model}/calibrate", 405, in: .readOnly, at: "/models/toy/calibrate",
                ["series": Small.series]),
            Exercise("POST /compare", 405, in: .readOnly, Small.comparison("toy")),
            Exercise(
                "POST /models/{model}/feedback", 405, in: .readOnly, at: "/models/toy/feedback",
                ["series": Small.series, "normal": [[1, 2]]]),
            Exercise(
                "PUT /models/{model}/model.safetensors", 405, in: .readOnly,
                at: "/models/toy/model.safetensors", fields: bytes, text: Small.modelFile),
            Exercise("PUT \(alias)", 405, in: .readOnly, at: "/models/toy/aliases/stable", ["version": 1]),
            Exercise("DELETE \(alias)", 405, in: .readOnly, at: "/models/toy/aliases/stable"),
            Exercise("DELETE /models/{model}", 405, in: .readOnly, at: "/models/toy"),
            Exercise(
                "DELETE /models/{model}/versions/{version}", 405, in: .readOnly,
                at: "/models/toy/versions/1"),
            Exercise("POST \(detectorModels)", 405, in: .readOnly, [:]),
            Exercise("DELETE \(detectorModels)/{model}", 405, in: .readOnly, at: "\(detectorModels)/x"),
        ]
    }()
}
