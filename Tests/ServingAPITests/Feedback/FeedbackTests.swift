import APITesting
import Foundation
import Testing

/// POST /models/{model}/feedback: what it learns and what it keeps.
@Suite struct FeedbackTests {
    private func alarms(_ api: API, version: Int, _ series: JSON, _ combine: String) throws -> Double {
        let body: JSON = [
            "model": "m", "series": series, "version": .integer(version), "combine": .string(combine),
        ]
        let scores = try #require(try api.post("/score", body).json["rows"]?["scores"]?.array)
        let known = scores.compactMap(\.double)
        return Double(known.count { $0 > 1 }) / Double(known.count)
    }

    /// False alarms: a new way to operate, which the training rows did not show.
    @Test(arguments: TransportKind.allCases) func normalRowsRaiseTheThreshold(
        _ transport: TransportKind
    ) throws {
        let api = try FeedbackExample.trained(transport)
        let before = try api.get("/models/m").json
        let data = FeedbackExample.series(400, seed: 2, lift: 2, in: 100..<300)
        let model = try api.feedback(["series": data, "normal": [[100, 299]]])
        #expect(model["version"] == 2 && model["feedback"]?["version"] == 1)
        // The windows that end at rows 100 to 299.
        #expect(model["feedback"]?["normal_windows"] == 200)
        #expect(model["feedback"]?["anomalous_windows"] == 0 && model["feedback"]?["removed_windows"] == 0)
        #expect(model["feedback"]?["at"] == model["created_at"])
        #expect(model["threshold_windows"]?.int == (before["threshold_windows"]?.int ?? 0) + 200)
        #expect(try #require(model["threshold"]?.double) > #require(before["threshold"]?.double))
        let new = FeedbackExample.series(200, seed: 3, lift: 2, in: 0..<200)
        for combine in ["newest", "mean"] {
            let (old, now) = try (
                alarms(api, version: 1, new, combine), alarms(api, version: 2, new, combine)
            )
            #expect(old > 0.5 && now < 0.1, "\(combine): \(old), \(now)")
        }
        // The network computes what it did, and everything else is the same.
        for name in ["scaling", "epochs", "loss", "parameters", "seconds", "error_kind", "threshold_source"] {
            #expect(model[name] == before[name], "\(name)")
        }
        let encodings = try (1...2).map { version in
            try api.post("/encode", ["model": "m", "series": new, "version": .integer(version)])
                .json["encodings"]
        }
        #expect(encodings[0] == encodings[1])
        let metrics = try api.post("/evaluate", ["model": "m", "series": new, "labels": [[3, 9]]]).json
        #expect(metrics["baselines"]?["pca"]?["at_threshold"] != nil)

        // The file has all of it.
        guard transport == .live else { return }
        let bytes = [(name: "Content-Type", value: "application/octet-stream")]
        let file = try api.get("/models/m/model.safetensors").body
        #expect(
            try api.send("PUT", "/models/copy/model.safetensors", fields: bytes, body: file).status == 201)
        let copy = try api.get("/models/copy").json
        for name in ["feedback", "threshold", "threshold_windows", "threshold_source"] {
            #expect(copy[name] == model[name], "\(name)")
        }
    }

    /// What was marked as normal by mistake leaves again.
    @Test func anomalousRowsLeaveTheCalibration() throws {
        let api = try FeedbackExample.trained()
        let before = try api.get("/models/m").json
        let data = FeedbackExample.series(400, seed: 2, lift: 2, in: 100..<300)
        _ = try api.feedback(["series": data, "normal": [[100, 299]]])
        let model = try api.feedback(["series": data, "anomalous": [[100, 299]]])
        #expect(model["version"] == 3 && model["feedback"]?["version"] == 2)
        // The windows that contain one of these rows, of which all but 3 had joined.
        #expect(model["feedback"]?["anomalous_windows"] == 203)
        #expect(model["feedback"]?["removed_windows"] == 200)
        #expect(model["threshold_windows"] == before["threshold_windows"])
        #expect(model["threshold"] == before["threshold"])
    }

    @Test func anomaliesThatAreNotFlaggedAreWarnedOf() throws {
        let api = try FeedbackExample.trained(.live)
        let data = FeedbackExample.series(400, seed: 2, lift: 30, in: 100..<130)
        let members: [String: JSON?] = ["series": data, "anomalous": [[100, 129], [300, 319]]]
        let model = try api.feedback(members)
        let warning = try #require(
            model["warnings"]?.array?.first { $0["code"] == "missed_anomalies" }, "\(model)")
        #expect(warning["rows"] == [[300, 319]])
        #expect(warning["message"]?.string?.hasPrefix("1 of the 2 stretches") == true)
        let reason = "None of their windows is known to have calibrated"
        #expect(warning["message"]?.string?.contains(reason) == true, "\(warning)")
        // It is stored with the version.
        let stored = try api.get("/models/m/model.safetensors").text
        #expect(stored.contains("missed_anomalies"))
        let found = try api.feedback(["series": data, "anomalous": [[100, 129]]])
        #expect(found["warnings"]?.array?.contains { $0["code"] == "missed_anomalies" } == false)
    }

    @Test func theRuleIsThatOfTheVersionUnlessAnotherIsGiven() throws {
        let api = try FeedbackExample.trained(.inProcess, ["quantile": 0.8])
        let data = FeedbackExample.series(100, seed: 4)
        let kept = try api.feedback(["series": data, "normal": [[0, 99]]])
        let given = try api.feedback(["series": data, "normal": [[0, 99]], "version": 1, "quantile": 0.8])
        #expect(kept["threshold"] == given["threshold"] && given["feedback"]?["version"] == 1)
        let other = try api.feedback(["series": data, "normal": [[0, 99]], "version": 1, "sigmas": 5])
        #expect(other["threshold"] != kept["threshold"])
    }

    @Test func aFixedThresholdIsLearnedByTheRuleOfANewTraining() throws {
        let api = try FeedbackExample.trained(.inProcess, ["threshold": 0.5])
        let data = FeedbackExample.series(100, seed: 4)
        let learned = try api.feedback(["series": data, "normal": [[0, 99]]])
        let given = try api.feedback(["series": data, "normal": [[0, 99]], "version": 1, "quantile": 0.99])
        #expect(learned["threshold"] == given["threshold"] && learned["threshold"] != 0.5)
        #expect(learned["threshold_source"] == "calibration")
    }

    /// Entries that a newer release has written stay; a model without calibration errors is refused.
    @Test func unknownMetadataAreKept() throws {
        let api = try FeedbackExample.trained(.live)
        let bytes = [(name: "Content-Type", value: "application/octet-stream")]
        let plain = Array(Small.modelFile.utf8)
        #expect(try api.send("PUT", "/models/n/model.safetensors", fields: bytes, body: plain).status == 201)
        let refused = try api.post("/models/n/feedback", ["series": Small.series, "normal": [[0, 2]]])
        #expect(refused.status == 409, "\(refused.text)")

        let errors = "{\"kind\":\"mse\",\"count\":4,\"ranked\":[0.1,0.2,0.3,0.4],\"later\":5}"
        let file = Small.modelFile([
            "requires": "[]", "later": "{\"a\":1}",
            // The text holds only lengths of the header whose bytes are ASCII.
            "padding": String(repeating: "x", count: 128), "scaling": "{\"scaling\":\"none\",\"later\":2}",
            "threshold": "{\"value\":1,\"quantile\":0.9,\"later\":3}", "errors": errors,
        ])
        let stored = try api.send(
            "PUT", "/models/m/model.safetensors", fields: bytes, body: Array(file.utf8))
        #expect(stored.status == 201, "\(stored.text)")
        _ = try api.feedback(["series": Small.series(rows: 60), "normal": [[0, 59]]])
        let written = try api.get("/models/m/model.safetensors").body
        let length = written.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let metadata = try #require(try JSON(Array(written[8..<(8 + length)]))["__metadata__"])
        #expect(metadata["later"] == "{\"a\":1}")
        #expect(metadata["scaling"] == "{\"scaling\":\"none\",\"later\":2}")
        for name in ["threshold", "errors"] {
            #expect(metadata[name]?.string?.contains("later") == false, "\(name)")
        }
        #expect(metadata["feedback"]?.string?.contains("\"normal_windows\":") == true)
    }
}
