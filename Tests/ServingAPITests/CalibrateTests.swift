import APITesting
import Foundation
import Testing

/// POST /models/{model}/calibrate: what it learns, what it keeps, and what it refuses.
@Suite struct CalibrateTests {
    private static let bytes = [(name: "Content-Type", value: "application/octet-stream")]

    /// Rows of three features that follow a wave, with independent noise; `level` is added to the first.
    private static func series(_ rows: Int, seed: UInt64, level: Double = 0) -> JSON {
        var noise = Noise(seed: seed)
        return .array(
            (0..<rows).map { row in
                let wave = Double(row % 40) / 20 - 1
                return [
                    .number(wave + 0.1 * noise.normal() + level), .number(1 - wave + 0.1 * noise.normal()),
                    .number(5 + 2 * wave + 0.2 * noise.normal()),
                ]
            })
    }

    private static func training(_ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "model": "m", "series": series(1000, seed: 1), "timesteps": 5, "units": [8, 4], "epochs": 4,
        ]
        return body.with(members)
    }

    private func created(_ response: APIResponse) throws -> JSON {
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

    private func calibrate(_ api: API, _ members: [String: JSON?]) throws -> JSON {
        try created(api.post("/models/m/calibrate", JSON.object([:]).with(members)))
    }

    /// The response of a prediction, without the number of the version.
    private func prediction(_ api: API, _ path: String, version: Int, _ series: JSON) throws -> JSON {
        let body: JSON = ["model": "m", "series": series, "version": .integer(version)]
        let response = try api.post(path, body)
        #expect(response.status == 200, "\(response.text)")
        return try response.json.with(["version": nil])
    }

    private func alarms(_ api: API, version: Int, _ series: JSON) throws -> Double {
        let windows = try prediction(api, "/score", version: version, series)["windows"]?.array ?? []
        return Double(windows.count { $0["is_anomaly"] == true }) / Double(windows.count)
    }

    /// The first use: a network that was trained elsewhere, whose file says nothing of detection.
    @Test(arguments: TransportKind.allCases) func aModelFromElsewhereGetsAThreshold(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        let path = "/models/m/model.safetensors"
        #expect(
            try api.send("PUT", path, fields: Self.bytes, body: Array(Small.modelFile.utf8)).status == 201)
        let score: JSON = ["model": "m", "series": Small.series]
        #expect(try api.post("/score", score).status == 409)

        let rows = (0..<200).map { "\($0 % 4),\(($0 * $0) % 7)\n" }.joined()
        let response = try api.post(
            "/models/m/calibrate?quantile=0.9", text: "level,flow\n" + rows,
            fields: [(name: "Content-Type", value: "text/csv")])
        let model = try created(response)
        #expect(response["location"] == "/models/m/versions/2")
        #expect(model["version"] == 2 && model["threshold_source"] == "calibration")
        #expect(model["threshold_windows"] == 199 && model["error_kind"] == "level_spread")
        #expect(model["feature_names"] == ["level", "flow"])
        #expect(model["columns"]?.array?.count == 2)
        let calibration = try #require(model["calibration"])
        #expect(calibration["version"] == 1)
        #expect(calibration["rows"] == 200 && calibration["windows"] == 199)
        #expect(calibration["at"] == model["created_at"])
        #expect(model["data"]?["rows"] == 200)
        #expect(try api.post("/score", score).status == 200)
        #expect(try api.post("/evaluate", score.with(["labels": [[2, 3]]])).status == 200)
        let imported = try api.get("/models/m/versions/1").json
        for name in ["threshold", "mode", "row_threshold"] { #expect(imported[name]?.isNull == true) }

        // The file has all of it.
        guard transport == .live else { return }
        let file = try api.get(path).body
        #expect(
            try api.send("PUT", "/models/copy/model.safetensors", fields: Self.bytes, body: file).status
                == 201)
        let copy = try api.get("/models/copy").json
        for name in [
            "calibration", "threshold", "mode", "row_threshold", "feature_names", "columns", "error_kind",
        ] {
            #expect(copy[name] == model[name], "\(name)")
        }
    }

    @Test func theThresholdFollowsOperationThatHasChanged() throws {
        let api = try API(.inProcess)
        let before = try created(api.post("/train", Self.training()))
        let changed = Self.series(1000, seed: 2, level: 0.6)
        let new = Self.series(1000, seed: 3, level: 0.6)
        #expect(try alarms(api, version: 1, new) > 0.5)
        let after = try calibrate(api, ["series": changed])
        #expect(try alarms(api, version: 2, new) < 0.05)
        #expect(after["error_kind"] == before["error_kind"])
        #expect(after["threshold_windows"] == 996)
        // What the network computes is the same, bit for bit.
        for path in ["/reconstruct", "/encode"] {
            #expect(
                try prediction(api, path, version: 1, new) == prediction(api, path, version: 2, new),
                "\(path)")
        }
        for name in ["scaling", "epochs", "loss", "parameters", "seconds"] {
            #expect(after[name] == before[name], "\(name)")
        }
        // The baselines are learned again, too.
        let rates = try (1...2).map { version in
            let body: JSON = [
                "model": "m", "series": new, "labels": [[10, 20]], "version": .integer(version),
            ]
            let baselines = try api.post("/evaluate", body).json["baselines"]
            return try #require(baselines?["pca"]?["at_threshold"]?["false_alarm_rate"]?.double)
        }
        #expect(rates[0] > 0.5 && rates[1] < 0.05, "\(rates)")
    }

    /// Data that the network cannot follow make a threshold, but not a model.
    @Test(arguments: [1000.0, 1.0]) func dataThatTheNetworkDoesNotFollowAreSaid(_ unit: Double) throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training(["epochs": 30, "learning_rate": 0.01])))
        let rows = try #require(Self.series(500, seed: 2).array).map { row in
            JSON.array((row.array ?? []).map { .number(unit * ($0.double ?? 0)) })
        }
        let calibrated = try calibrate(api, ["series": .array(rows)])
        let warning = calibrated["warnings"]?.array?.first { $0["code"] == "nothing_learned" }
        #expect((warning != nil) == (unit != 1), "\(calibrated)")
        #expect(warning == nil || warning?["level"] == "error")
        let strict = try api.post(
            "/models/m/calibrate", ["series": .array(rows), "strict": true] as JSON)
        #expect(strict.status == (unit == 1 ? 201 : 422), "\(strict.text)")
    }

    /// Rows of complete series have a threshold of their own, learned again with that of windows.
    @Test func theThresholdOfRowsFollowsToo() throws {
        let api = try API(.inProcess)
        let before = try created(api.post("/train", Self.training()))
        let changed = Self.series(1000, seed: 2, level: 0.6)
        let after = try calibrate(api, ["series": changed, "quantile": 0.5])
        let new = Self.series(1000, seed: 3, level: 0.6)
        for model in [before, after] {
            #expect(model["mode"] == "whole")
            let threshold = try #require(model["threshold"]?.double)
            #expect(try #require(model["row_threshold"]?.double) >= threshold)
            let version = try #require(model["version"]?.int)
            let scores = try prediction(api, "/score", version: version, new)
            #expect(scores["mode"] == "whole" && scores["row_threshold"] == model["row_threshold"])
        }
        #expect(after["row_threshold"] != before["row_threshold"])
        // The errors of rows are those of the new data: half of them are above their median.
        let scores = try prediction(api, "/score", version: 2, new)["rows"]?["scores"]?.array ?? []
        let share = Double(scores.count { ($0.double ?? 0) > 1 }) / Double(scores.count)
        #expect((0.2...0.8).contains(share), "\(share)")
    }

    /// A fixed threshold is no rule: it is replaced, whether the server has been restarted or not.
    @Test func aFixedThresholdIsLearned() throws {
        let api = try API(.inProcess)
        #expect(try created(api.post("/train", Self.training(["threshold": 7])))["threshold"] == 7)
        let calibrated = try calibrate(api, ["series": Self.series(600, seed: 2)])
        #expect(calibrated["threshold"] != 7 && calibrated["threshold_source"] == "calibration")
    }

    @Test func errorKindAndRuleAreThoseOfTheVersionUnlessOthersAreGiven() throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training(["error_kind": "mae", "quantile": 0.8])))
        let data = Self.series(500, seed: 4)
        let kept = try calibrate(api, ["series": data])
        let given = try calibrate(
            api, ["series": data, "version": 1, "error_kind": "mae", "quantile": 0.8])
        #expect(kept["error_kind"] == "mae" && kept["threshold"] == given["threshold"])
        let other = try calibrate(api, ["series": data, "version": 1, "error_kind": "mse", "sigmas": 3])
        #expect(other["error_kind"] == "mse" && other["threshold"] != kept["threshold"])
        let fixed = try calibrate(api, ["series": data, "threshold": 0.5])
        #expect(fixed["threshold"] == 0.5 && fixed["threshold_source"]?.isNull == true)
        #expect(fixed["error_kind"] == "mse" && fixed["calibration"]?["version"] == 4)
        // The errors are there for another rule.
        let scores = try api.post("/score", ["model": "m", "series": data, "quantile": 0.8])
        #expect(scores.status == 200)
    }

    @Test func theWeightsAreThoseOfTheVersionThatIsNamed() throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training(["seed": 1])))
        _ = try created(api.post("/train", Self.training(["seed": 2])))
        let data = Self.series(100, seed: 5)
        _ = try calibrate(api, ["series": data, "version": 1])
        let found = try (1...3).map { try prediction(api, "/encode", version: $0, data) }
        #expect(found[2] == found[0] && found[2] != found[1])
        let alias = try api.send(
            "PUT", "/models/m/aliases/stable", fields: [], body: Array("{\"version\":2}".utf8))
        #expect(alias.status == 200, "\(alias.text)")
        #expect(
            try calibrate(api, ["series": data, "version": "stable"])["calibration"]?["version"] == 2)
    }

    /// A warm start learns a threshold of its own, which no calibration explains.
    @Test func aTrainingFromACalibratedVersionIsNotCalibrated() throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training()))
        _ = try calibrate(api, ["series": Self.series(200, seed: 6)])
        let body: JSON = ["model": "m", "series": Self.series(300, seed: 7), "epochs": 1, "warm_start": true]
        let warm = try created(api.post("/train", body))
        #expect(warm["calibration"] == nil && warm["warm_start"] == 2)
    }

    @Test func excludedRowsAndOutliersDoNotCalibrate() throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training()))
        let clean = Self.series(500, seed: 8)
        let wanted = try calibrate(api, ["series": clean])["threshold"]?.double ?? 0
        var rows = clean.array ?? []
        rows[250] = [-9999, 0, 5]
        let outlier = try calibrate(api, ["series": .array(rows)])
        let warning = outlier["warnings"]?.array?.first { $0["code"] == "outliers" }
        #expect(warning?["rows"] == [[250, 250]])
        #expect(abs((outlier["threshold"]?.double ?? 0) / wanted - 1) < 0.1)
        #expect(outlier["threshold_windows"] == 491)
        #expect(try calibrate(api, ["series": .array(rows), "outliers": "keep"])["threshold_windows"] == 496)
        let excluded = try calibrate(
            api, ["series": .array(rows), "outliers": "keep", "exclude": [[250, 250]]])
        #expect(excluded["threshold_windows"] == 491)
        #expect(excluded["warnings"]?.array?.contains { $0["code"] == "outliers" } == false)
    }

    @Test func fewWindowsCalibrateWithAWarning() throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training()))
        let model = try calibrate(api, ["series": Self.series(12, seed: 9)])
        #expect(model["threshold_windows"] == 8)
        let codes = model["warnings"]?.array?.compactMap { $0["code"]?.string } ?? []
        #expect(codes.contains("few_calibration_windows"))
    }

    private static let refused: [(members: [String: JSON?], status: Int, place: String)] = [
        (["series": series(4, seed: 1)], 422, "5 timesteps"),
        (["series": [[1, 2]]], 422, "must have 3"),
        (["series": series(20, seed: 1), "quantile": 0.9, "sigmas": 2], 422, "both present"),
        (["series": series(20, seed: 1), "scaling": "standard"], 422, "scaling"),
        (["series": series(20, seed: 1), "difference": ["0"]], 422, "difference"),
        (["series": series(20, seed: 1), "model": "m"], 422, "model"),
        (["series": series(20, seed: 1), "version": 7], 404, "7"),
        ([:], 422, "series"),
    ]

    @Test(arguments: refused.indices) func whatDoesNotFitIsRefused(_ index: Int) throws {
        let api = try API(.inProcess)
        _ = try created(api.post("/train", Self.training()))
        let (members, status, place) = Self.refused[index]
        let response = try api.post("/models/m/calibrate", JSON.object([:]).with(members))
        #expect(response.status == status, "\(response.text)")
        #expect(try response.json["detail"]?.string?.contains(place) == true, "\(response.text)")
        #expect(try api.get("/models/m").json["versions"] == [1])
    }

    @Test(arguments: TransportKind.allCases) func itIsAJob(_ transport: TransportKind) throws {
        let api = try API(transport)
        _ = try created(api.post("/train", Self.training()))
        let body = "\(JSON.object(["series": Self.series(200, seed: 10)]))"
        let path = "/models/m/calibrate"
        let accepted = try api.post(path, text: body, fields: [(name: "Prefer", value: "respond-async")])
        #expect(accepted.status == 202)
        #expect(try accepted.json["kind"] == "calibration" && accepted.json["epochs"] == 0)
        let location = try #require(accepted["location"])
        var job = try api.get(location).json
        while job["state"] == "queued" || job["state"] == "running" { job = try api.get(location).json }
        #expect(job["state"] == "succeeded" && job["result"]?["version"] == 2)

        // A retry gets the version of the first request; the key covers the model and the body.
        let key = [(name: "Idempotency-Key", value: "k")]
        let first = try created(api.post(path, text: body, fields: key))
        #expect(first["version"] == 3)
        #expect(try created(api.post(path, text: body, fields: key))["version"] == 3)
        #expect(try api.post("/models/other/calibrate", text: body, fields: key).status == 422)
        #expect(try api.post("/train", text: body, fields: key).status == 422)
        guard transport == .live else { return }
        let events = try api.post(path, text: body, fields: [(name: "Accept", value: "text/event-stream")])
        #expect(events.text.contains("event: job\n") && events.text.contains("event: result\n"))
        #expect(events.text.contains("\"version\":3"))
    }

    /// What a newer release has written is kept, except for the members that are learned again.
    @Test func unknownMetadataAreKept() throws {
        let api = try API(.live)
        let file = Small.modelFile([
            "requires": "[]", "later": "{\"a\":1}", "scaling": "{\"scaling\":\"none\",\"later\":2}",
            "threshold": "{\"value\":1,\"later\":3}",
        ])
        #expect(
            try api.send("PUT", "/models/m/model.safetensors", fields: Self.bytes, body: Array(file.utf8))
                .status
                == 201)
        _ = try calibrate(api, ["series": Small.series(rows: 60)])
        let written = try api.get("/models/m/model.safetensors").body
        let length = written.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let metadata = try #require(try JSON(Array(written[8..<(8 + length)]))["__metadata__"])
        #expect(metadata["later"] == "{\"a\":1}")
        #expect(metadata["scaling"] == "{\"scaling\":\"none\",\"later\":2}")
        let threshold = try #require(metadata["threshold"]?.string)
        #expect(!threshold.contains("later") && threshold.contains("\"version\":1"))
    }

    /// Rows become windows as in training: differences of counters.
    @Test func differencesAreTakenAgain() throws {
        let api = try API(.inProcess)
        func counter(_ rows: Int, seed: UInt64) -> JSON {
            var total = 0.0
            return .array(
                (Self.series(rows, seed: seed).array ?? []).map { row in
                    total += 2 + (row[0]?.double ?? 0)
                    return [.number(total), row[1] ?? 0]
                })
        }
        let training = Self.training([
            "series": counter(1000, seed: 11), "difference": ["0"], "feature_names": ["0", "1"],
        ])
        _ = try created(api.post("/train", training))
        let model = try calibrate(api, ["series": counter(500, seed: 12)])
        #expect(model["difference"] == ["0"] && model["threshold_windows"] == 495)
        #expect(try alarms(api, version: 2, counter(1000, seed: 13)) < 0.05)
    }
}
