import APITesting
import Testing

/// Models without a network: `detector` of POST /train.
@Suite struct DetectorModelTests {
    private static let detectors = ["pca", "zscore", "kmeans"]
    private let api: API

    init() throws { api = try API(.inProcess) }

    /// Two correlated features, except in the rows of the bumps.
    private static func series(_ rows: Int, bumps: [Range<Int>] = []) -> JSON {
        .array(
            (0..<rows).map { row in
                let first = Double((row * 7) % 11) / 5 + noise(row)
                let isBump = bumps.contains { $0.contains(row) }
                return [.number(first), .number(1 - first + noise(row + 5000) + (isBump ? 3 : 0))]
            })
    }
    private static func noise(_ row: Int) -> Double { Double((row * row * 31 + row * 17) % 1009) / 2000 }
    private static let test = series(120, bumps: [30..<36, 80..<84])

    private func train(_ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m", "series": Self.series(300), "timesteps": 4]
        let response = try api.post("/train", body.with(members))
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

    private func post(_ path: String, _ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = ["model": "m", "series": Self.test]
        let response = try api.post(path, body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test(arguments: detectors) func aDetectorIsAModel(_ detector: String) throws {
        let trained = try train(["detector": .string(detector)])
        #expect(trained["detector"]?.string == detector && trained["architecture"]?.isNull == true)
        #expect(trained["error_kind"] == "mse" && trained["epochs"] == 0)
        #expect(trained["threshold_source"] == "calibration" && trained["loss"]?.isNull == true)
        #expect(try #require(trained["parameters"]?.int) > 0)
        let listed = try api.get("/models/m/versions/1").json
        #expect(listed["detector"]?.string == detector)

        let whole = try post("/score")
        #expect(whole["mode"] == "whole" && whole["rows"]?["scores"]?.array?.count == 120)
        let causal = try post("/score", ["combine": "newest"])
        #expect(causal["mode"] == "causal" && causal["windows"] == whole["windows"])
        let evaluated = try post("/evaluate", ["labels": [[30, 35], [80, 83]]])
        #expect(try #require(evaluated["roc_auc"]?.double) > 0.8, "\(detector)")
        let detail = try post("/score", ["include": ["windows", "events", "features", "timesteps"]])
        #expect(detail["events"]?.array?.isEmpty == false)
        #expect(
            try api.send("PUT", "/models/m/aliases/live", fields: [], body: Array("{\"version\":1}".utf8))
                .status < 300)
        #expect(try post("/score", ["version": "live"])["windows"] == whole["windows"])
    }

    /// A detector is not compared with itself.
    @Test func theVerdictComparesAServedBaselineWithOthers() throws {
        _ = try train(["detector": "pca"])
        let verdict = try #require(try post("/evaluate", ["labels": [[30, 35], [80, 83]]])["verdict"])
        #expect(Set([verdict["best"]?.string, verdict["runner_up"]?.string]) == ["model", "z_score"])
    }

    @Test(arguments: detectors) func aDetectorCanBeCalibrated(_ detector: String) throws {
        let trained = try train(["detector": .string(detector)])
        let response = try api.post("/models/m/calibrate", ["series": Self.series(200)])
        #expect(response.status == 201, "\(response.text)")
        let calibrated = try response.json
        #expect(calibrated["detector"] == trained["detector"] && calibrated["version"] == 2)
        #expect(calibrated["parameters"] == trained["parameters"] && calibrated["error_kind"] == "mse")
        #expect(calibrated["threshold_windows"] == 197)
    }

    /// Errors of few windows that a detector was fitted to are close to 0.
    @Test(arguments: detectors) func fewWindowsAreHeldBack(_ detector: String) throws {
        _ = try train(["detector": .string(detector), "series": Self.series(24)])
        let windows = try post("/score", ["series": Self.series(300)])["windows"]?.array ?? []
        let alarms = windows.count { $0["is_anomaly"] == true }
        #expect(3 * alarms < windows.count, "\(alarms) of \(windows.count)")
    }

    /// The line of a baseline beside a network is what the baseline gives when it is served.
    @Test func aServedBaselineIsTheLineOfEvaluate() throws {
        _ = try train(["model": "network", "units": [4], "epochs": 2])
        let labels: JSON = [[30, 35], [80, 83]]
        let lines = try post("/evaluate", ["model": "network", "labels": labels])["baselines"]
        for (detector, line) in [("pca", "pca"), ("zscore", "z_score")] {
            _ = try train(["model": .string(detector), "detector": .string(detector)])
            let served = try post("/evaluate", ["model": .string(detector), "labels": labels])
            let expected = try #require(lines?[line])
            for name in ["roc_auc", "average_precision", "threshold"] {
                let (value, other) = (served[name]?.double ?? -1, expected[name]?.double ?? -2)
                #expect(abs(value - other) <= 1e-3 * abs(other), "\(detector) \(name) \(value) \(other)")
            }
        }
    }

    @Test(arguments: detectors) func aFileOfADetectorIsReadUnchanged(_ detector: String) throws {
        // Only a connection can upload a file.
        let api = try API(.live)
        let body: JSON = [
            "model": "m", "series": Self.series(300), "timesteps": 4, "detector": .string(detector),
            "feature_names": ["a", "b"],
        ]
        #expect(try api.post("/train", body).status == 201)
        let file = try api.get("/models/m/model.safetensors").body
        let header = String(decoding: file.prefix(4000), as: UTF8.self)
        #expect(header.contains(#"[\"robust\",\"baseline\"]"#), "\(header)")
        let stored = try api.send(
            "PUT", "/models/copy/model.safetensors",
            fields: [(name: "Content-Type", value: "application/octet-stream")], body: file)
        #expect(stored.status == 201, "\(stored.text)")
        func score(_ model: String) throws -> JSON {
            let body: JSON = ["model": .string(model), "series": Self.test, "feature_names": ["a", "b"]]
            let response = try api.post("/score", body)
            #expect(response.status == 200, "\(response.text)")
            return try response.json.with(["model": nil])
        }
        #expect(try score("m") == score("copy"))
    }

    @Test(arguments: detectors) func theSameRequestGivesTheSameModel(_ detector: String) throws {
        _ = try train(["detector": .string(detector), "seed": 5])
        _ = try train(["detector": .string(detector), "seed": 5, "model": "other"])
        #expect(
            try post("/score").with(["model": nil]) == post("/score", ["model": "other"]).with(["model": nil])
        )
    }

    @Test(arguments: detectors) func whatOnlyANetworkHasIsRefused(_ detector: String) throws {
        _ = try train(["detector": .string(detector)])
        let body: JSON = ["model": "m", "series": Self.test]
        for response in [
            try api.post("/encode", body), try api.post("/layers", body), try api.get("/summary?model=m"),
        ] {
            #expect(response.status == 409, "\(response.text)")
            #expect(try response.json["type"] == "/problems/no-network")
            #expect(try #require(response.json["detail"]?.string).contains("without a network (\(detector))"))
        }
        let reconstruction = try api.post("/reconstruct", body)
        #expect(reconstruction.status == (detector == "pca" ? 200 : 409), "\(reconstruction.text)")
        let warm = try api.post("/train", body.with(["warm_start": true]))
        #expect(warm.status == 422)
        #expect(try warm.json["pointer"] == "/warm_start", "\(warm.text)")
    }

    @Test(
        arguments: [
            ("architecture", "stacked"), ("units", [4]), ("activation", "relu"), ("epochs", 3),
            ("learning_rate", 0.1), ("validation_split", 0.1), ("early_stopping", [:]),
        ] as [(String, JSON)]) func optionsOfNetworksAreRefused(_ name: String, _ value: JSON) throws
    {
        let body: JSON = ["model": "m", "series": Self.series(300), "timesteps": 4, "detector": "pca"]
        let response = try api.post("/train", body.with([name: value]))
        #expect(response.status == 422)
        #expect(try response.json["pointer"]?.string == "/\(name)", "\(response.text)")
        #expect(try #require(response.json["detail"]?.string).contains("detector is pca"))
    }

    @Test func optionsOfAllModelsApply() throws {
        let model = try train([
            "detector": "pca", "error_kind": "mahalanobis", "scaling": "minmax", "quantile": 0.9,
            "calibration_split": 0.3, "exclude": [[10, 12]],
        ])
        #expect(model["error_kind"] == "mahalanobis" && model["scaling"] == "minmax")
        let few = try train(["model": "few", "detector": "kmeans", "series": Self.series(30)])
        #expect(few["threshold_source"] == "calibration")
        #expect(few["warnings"]?.array?.contains { $0["code"] == "few_calibration_windows" } == true)
        let one: JSON = [
            "model": "one", "series": .array((0..<20).map { [.number(Double($0))] }), "timesteps": 1,
            "detector": "pca",
        ]
        let refused = try api.post("/train", one)
        #expect(refused.status == 422)
        #expect(
            try #require(refused.json["detail"]?.string).contains("principal components"), "\(refused.text)")
    }

    @Test func theInferenceProtocolHasTheOutputsOfTheDetector() throws {
        let api = try API(.inProcess)
        for detector in Self.detectors {
            let body: JSON = [
                "model": .string(detector), "series": Self.series(300), "timesteps": 4,
                "detector": .string(detector),
            ]
            #expect(try api.post("/train", body).status == 201)
            let metadata = try api.get("/v2/models/\(detector)").json
            let names = metadata["outputs"]?.array?.map { $0["name"]?.string }
            #expect(names == (detector == "pca" ? ["reconstruction"] : []) + ["error", "score"])
            let window = JSON.array((0..<8).map { .number(Double($0) / 8) })
            let inference: JSON = [
                "inputs": [["name": "windows", "shape": [1, 4, 2], "datatype": "FP32", "data": window]]
            ]
            let response = try api.post("/v2/models/\(detector)/infer", inference)
            #expect(response.status == 200, "\(response.text)")
            let nested = JSON.array(
                (0..<4).map { [.number(Double(2 * $0) / 8), .number(Double(2 * $0 + 1) / 8)] })
            let scored = try api.post("/score", ["model": .string(detector), "windows": [nested]]).json
            let score = try response.json["outputs"]?.array?.last?["data"]?[0]?.double
            let expected = scored["windows"]?[0]?["score"]?.double
            #expect(abs((score ?? -1) - (expected ?? -2)) <= 1e-5 * abs(expected ?? 0), "\(scored)")
        }
    }
}
