import APITesting
import Foundation
import Testing

/// What a training learns for detection: error kinds, calibration, baselines, drift.
@Suite struct DetectionTests {
    private let api: API

    init() throws { api = try API(.live) }

    /// Three features that follow a slow wave, each with independent noise. `shift` is added to the second
    /// feature, `level` to the wave.
    private static func series(_ rows: Int, seed: UInt64, shift: Double = 0, level: Double = 0) -> JSON {
        var state = seed
        func noise() -> Double {
            var sum = 0.0
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum += Double(state >> 40) * 0x1p-24
            }
            return sum - 6
        }
        return .array(
            (0..<rows).map { row in
                let wave = Double(row % 40) / 20 - 1 + level
                return [
                    .number(wave + 0.1 * noise()), .number(1 - wave + 0.1 * noise() + shift),
                    .number(5 + 2 * wave + 0.2 * noise()),
                ]
            })
    }

    private func train(_ members: [String: JSON?] = [:], rows: Int = 1000) throws -> JSON {
        let body: JSON = [
            "model": "m", "series": Self.series(rows, seed: 1), "timesteps": 5, "units": [8, 4], "epochs": 4,
        ]
        let response = try api.post("/train", body.with(members))
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

    private func post(_ path: String, _ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m"]
        let response = try api.post(path, body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func aFifthOfTheWindowsCalibratesTheThreshold() throws {
        let model = try train()
        #expect(model["error_kind"] == "level_spread")
        #expect(model["threshold_source"] == "calibration")
        // 200 of the 996 windows are held back.
        #expect(model["threshold_windows"] == 200)
        // They overlap, and are worth 40 separate ones.
        #expect(model["warnings"]?.array?.map { $0["code"] } == ["few_calibration_windows"])
        #expect(try train(["calibration_split": 0])["threshold_source"] == "training")
        #expect(try train(["calibration_split": 0.5])["threshold_windows"] == 498)
        let validated = try train(["calibration_split": 0, "validation_split": 0.1])
        #expect(validated["threshold_source"] == "validation" && validated["threshold_windows"] == 100)
    }

    @Test func mahalanobisIsRefusedAboveTheFeatureLimit() throws {
        let wide = JSON.array((0..<30).map { row in .array((0..<513).map { .integer(($0 * row) % 7) }) })
        let body: JSON = [
            "model": "wide", "series": wide, "timesteps": 2, "units": [1], "epochs": 1,
            "error_kind": "mahalanobis",
        ]
        #expect(try api.post("/train", body).json["pointer"] == "/error_kind")
        let other = try api.post("/train", body.with(["error_kind": nil, "calibration_split": 0.5])).json
        #expect(other["error_kind"] == "mse")
    }

    @Test func tooFewCalibrationWindowsCauseAWarning() throws {
        // A fifth of 76 windows is too few to calibrate, so none are held back. 4 epochs of so few windows
        // would learn nothing, which is another warning.
        let few = try train(["epochs": 30], rows: 80)
        #expect(few["threshold_source"] == "training" && few["error_kind"] == "mse")
        #expect(few["warnings"]?.array?.count == 2)
        let some = try train(rows: 400)
        #expect(some["threshold_windows"] == 80)
        let warning = try #require(some["warnings"]?[0]?["message"]?.string)
        #expect(
            warning.contains("80 calibration windows") && warning.contains("16 separate ones"), "\(warning)")
        // A lower quantile needs fewer windows, and a given threshold needs none.
        #expect(try train(["quantile": 0.94], rows: 400)["warnings"] == [])
        let given = try train(["threshold": 2.5, "epochs": 30], rows: 80)
        #expect(given["threshold"] == 2.5 && given["threshold_source"]?.isNull == true)
        #expect(given["warnings"] == [])
    }

    /// New data of the same distribution have about the requested rate of false alarms.
    @Test func theFalseAlarmRateMatchesTheQuantile() throws {
        _ = try train(rows: 4000)
        for (quantile, range) in [(0.99, 0.0...0.025), (0.9, 0.06...0.15)] {
            let labels = JSON.array((0..<4000).map { .integer($0 == 3999 ? 1 : 0) })
            let response = try post(
                "/evaluate",
                [
                    "series": Self.series(4000, seed: 2), "labels": labels, "quantile": .number(quantile),
                    "combine": "newest",
                ])
            let rate = try #require(response["at_threshold"]?["false_alarm_rate"]?.double)
            #expect(range.contains(rate), "\(quantile): \(rate)")
            // Smoothing does not add false alarms.
            let whole = response["modes"]?["whole"]?["at_threshold"]?["false_alarm_rate"]?.double
            #expect(try #require(whole) <= range.upperBound)
            #expect(response["drift"]?["is_drift"] == false && response["warnings"] == [])
        }
    }

    @Test func driftIsReportedWithTheShiftedFeature() throws {
        _ = try train()
        let shifted = try post("/score", ["series": Self.series(300, seed: 3, shift: 0.5)])
        #expect(shifted["drift"]?["is_drift"] == true && shifted["drift"]?["windows"] == 296)
        #expect(try #require(shifted["drift"]?["share"]?.double) > 0.9)
        let warning = shifted["warnings"]?.array?.first { $0["code"] == "drift" }
        #expect(try #require(warning?["message"]?.string).contains("the process has drifted"))
        // The shifted feature contributes most.
        let event = try #require(shifted["events"]?[0])
        #expect(event["features"]?[0]?["feature"] == 1, "\(event)")
        #expect(try post("/score", ["series": Self.series(53, seed: 3)])["drift"]?.isNull == true)
    }

    /// Windows mainly vary in the level of a variable that oscillates independently. A level out of its range
    /// must still raise the score.
    @Test func aVariableFarOutOfItsRangeIsAnAnomaly() throws {
        func series(_ rows: Int, raised: Range<Int>) -> JSON {
            .array(
                (0..<rows).map { row in
                    .array(
                        (0..<8).map { feature in
                            let wave = Foundation.sin(Double(row) / Double(7 + 2 * feature) + Double(feature))
                            let noise = Double((row * 7919 + feature * 104_729) % 1000) / 10_000
                            return .number(wave + noise + (raised.contains(row) && feature == 3 ? 4 : 0))
                        })
                })
        }
        _ = try train([
            "series": series(2000, raised: 0..<0), "timesteps": 30, "units": [16, 8], "epochs": 5,
        ])
        let events = try #require(
            // Smoothing over 60 rows would average over far more rows than the event has.
            try post("/score", ["series": series(400, raised: 200..<220), "combine": "newest"])["events"]?
                .array)
        let found = events.filter { ($0["first_row"]?.int ?? 0) <= 219 && ($0["last_row"]?.int ?? 0) >= 200 }
        #expect(!found.isEmpty, "\(events)")
        #expect(found.first?["features"]?[0]?["feature"] == 3, "\(found)")
    }

    @Test func baselinesAreEvaluatedOnTheSameRows() throws {
        _ = try train()
        let labels: JSON = [[100, 140]]
        var series = try #require(Self.series(300, seed: 4).array)
        for row in 100...140 { series[row] = [0, 0, 5] }
        let response = try post("/evaluate", ["series": .array(series), "labels": labels])
        for name in ["z_score", "pca"] {
            let judgement = try #require(response["baselines"]?[name])
            let at = try #require(judgement["at_threshold"])
            let counted = ["true_positives", "false_positives", "true_negatives", "false_negatives"]
                .reduce(0) { $0 + (at[$1]?.int ?? 0) }
            #expect(counted == response["rows"]?.int && counted == 300)
            #expect(try #require(judgement["threshold"]?.double) > 0)
        }
        // Each value of rows 100 to 140 is usual for its feature. Only their combination is not, and a
        // z-score ignores that.
        #expect(try #require(response["roc_auc"]?.double) > 0.95)
        #expect(try #require(response["baselines"]?["z_score"]?["roc_auc"]?.double) < 0.6)
    }

    @Test func errorKindMAEIsTheMeanAbsoluteError() throws {
        _ = try train(["error_kind": "mae", "scaling": "none"])
        let windows: JSON = [[[0, 1, 5], [0, 1, 5], [0.5, 0.5, 6], [0, 1, 5], [0, 2, 5]]]
        let back = try post("/reconstruct", ["windows": windows])["reconstructions"]
        let (ours, theirs) = (try #require(windows.flat), try #require(back?.flat))
        let mean = zip(ours, theirs).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(ours.count)
        let response = try post(
            "/score", ["windows": windows, "include": ["windows", "timesteps", "features"]])
        #expect(response["error_kind"] == "mae")
        let window = try #require(response["windows"]?[0])
        let (error, score) = (try #require(window["error"]?.double), try #require(window["score"]?.double))
        #expect(abs(error - mean) < 1e-5)
        let timesteps = try #require(window["timesteps"]).numbers
        #expect(abs(timesteps.reduce(0, +) / 5 - score) < 1e-4 * score)
    }

    @Test func aModelFileContainsItsDetector() throws {
        for kind in ["mahalanobis", "level_spread", "mae"] {
            _ = try train(["error_kind": .string(kind)])
            let file = try api.get("/models/m/model.safetensors").body
            let response = try api.send(
                "PUT", "/models/copy/model.safetensors",
                fields: [(name: "Content-Type", value: "application/octet-stream")], body: file)
            #expect(response.status == 201, "\(response.text)")
            let body: JSON = [
                "series": Self.series(120, seed: 5), "labels": [[60, 80]], "quantile": 0.95,
            ]
            let (ours, theirs) = (
                try api.post("/evaluate", body.with(["model": "m"])).json,
                try api.post("/evaluate", body.with(["model": "copy"])).json
            )
            #expect(ours["roc_auc"] != nil)
            #expect(
                ours.with(["model": nil, "version": nil]) == theirs.with(["model": nil, "version": nil]))
        }
    }

    @Test func trainingStopsEarlyWhenEpochsAreNotGiven() throws {
        let open = try train(["epochs": nil])
        #expect(try #require(open["history"]?["val_loss"]?.array).isEmpty == false)
        #expect(try train()["history"]?["val_loss"] == [])
        #expect(try train(["epochs": nil], rows: 90)["history"]?["loss"]?.array?.count == 100)
    }
}

extension JSON {
    /// All numbers of nested arrays.
    fileprivate var flat: [Double]? {
        guard let array else { return double.map { [$0] } }
        return array.flatMap { $0.flat ?? [] }
    }
}
