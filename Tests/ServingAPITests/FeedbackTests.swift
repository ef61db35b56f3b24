import APITesting
import Foundation
import Testing

/// POST /models/{model}/feedback: what it learns, what it keeps, and what it refuses.
@Suite struct FeedbackTests {
    /// Two correlated features with noise; `lift` is added to the second in the rows of the stretch.
    private static func rows(
        _ count: Int, seed: UInt64, lift: Double = 0, in stretch: Range<Int> = 0..<0
    ) -> [[Double]] {
        var state = seed
        func noise() -> Double {
            (0..<12).reduce(-6.0) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Double(state >> 40) * 0x1p-24
            }
        }
        return (0..<count).map { row in
            let level = noise()
            return [level, 1 - level + 0.2 * noise() + (stretch.contains(row) ? lift : 0)]
        }
    }

    private static func json(_ rows: [[Double]]) -> JSON { .array(rows.map { .array($0.map(JSON.number)) }) }

    private static func series(
        _ count: Int, seed: UInt64, lift: Double = 0, in stretch: Range<Int> = 0..<0
    ) -> JSON { json(rows(count, seed: seed, lift: lift, in: stretch)) }

    private static func training(_ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "model": "m", "series": series(1000, seed: 1), "timesteps": 4, "units": [4], "epochs": 2,
            "seed": 0,
        ]
        return body.with(members)
    }

    private func trained(_ transport: TransportKind = .inProcess, _ members: [String: JSON?] = [:]) throws
        -> API
    {
        let api = try API(transport)
        let response = try api.post("/train", Self.training(members))
        #expect(response.status == 201, "\(response.text)")
        return api
    }

    private func feedback(_ api: API, _ members: [String: JSON?]) throws -> JSON {
        let response = try api.post("/models/m/feedback", JSON.object([:]).with(members))
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

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
        let api = try trained(transport)
        let before = try api.get("/models/m").json
        let data = Self.series(400, seed: 2, lift: 2, in: 100..<300)
        let model = try feedback(api, ["series": data, "normal": [[100, 299]]])
        #expect(model["version"] == 2 && model["feedback"]?["version"] == 1)
        // The windows that end at rows 100 to 299.
        #expect(model["feedback"]?["normal_windows"] == 200)
        #expect(model["feedback"]?["anomalous_windows"] == 0 && model["feedback"]?["removed_windows"] == 0)
        #expect(model["feedback"]?["at"] == model["created_at"])
        #expect(model["threshold_windows"]?.int == (before["threshold_windows"]?.int ?? 0) + 200)
        #expect(try #require(model["threshold"]?.double) > #require(before["threshold"]?.double))
        let new = Self.series(200, seed: 3, lift: 2, in: 0..<200)
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
        let api = try trained()
        let before = try api.get("/models/m").json
        let data = Self.series(400, seed: 2, lift: 2, in: 100..<300)
        _ = try feedback(api, ["series": data, "normal": [[100, 299]]])
        let model = try feedback(api, ["series": data, "anomalous": [[100, 299]]])
        #expect(model["version"] == 3 && model["feedback"]?["version"] == 2)
        // The windows that contain one of these rows, of which all but 3 had joined.
        #expect(model["feedback"]?["anomalous_windows"] == 203)
        #expect(model["feedback"]?["removed_windows"] == 200)
        #expect(model["threshold_windows"] == before["threshold_windows"])
        #expect(model["threshold"] == before["threshold"])
    }

    /// An anomaly among the rows that the threshold was learned from, measured without and with a covariance.
    @Test(arguments: ["mse", "mahalanobis", "level_spread"]) func anAnomalyOfTheTrainingLeaves(
        _ kind: String
    ) throws {
        let series = Self.series(1000, seed: 1, lift: 8, in: 900..<920)
        let api = try trained(
            .inProcess, ["series": series, "error_kind": .string(kind), "outliers": "keep"])
        let before = try api.get("/models/m").json
        let model = try feedback(api, ["series": series, "anomalous": [[900, 919]]])
        #expect(model["feedback"]?["anomalous_windows"] == 23)
        #expect(try #require(model["feedback"]?["removed_windows"]?.int) >= 20)
        let (old, new) = try (#require(before["threshold"]?.double), #require(model["threshold"]?.double))
        #expect(new < 0.8 * old, "\(old), \(new)")
        // The same request again finds nothing to remove.
        let again = try feedback(api, ["series": series, "anomalous": [[900, 919]]])
        #expect(again["feedback"]?["removed_windows"] == 0 && again["threshold"] == model["threshold"])
    }

    @Test func anomaliesThatAreNotFlaggedAreWarnedOf() throws {
        let api = try trained(.live)
        let data = Self.series(400, seed: 2, lift: 30, in: 100..<130)
        let members: [String: JSON?] = ["series": data, "anomalous": [[100, 129], [300, 319]]]
        let model = try feedback(api, members)
        let warning = try #require(
            model["warnings"]?.array?.first { $0["code"] == "missed_anomalies" }, "\(model)")
        #expect(warning["rows"] == [[300, 319]])
        #expect(warning["message"]?.string?.contains("1 of the 2 stretches") == true)
        // It is stored with the version.
        let stored = try api.get("/models/m/model.safetensors").text
        #expect(stored.contains("missed_anomalies"))
        let found = try feedback(api, ["series": data, "anomalous": [[100, 129]]])
        #expect(found["warnings"]?.array?.contains { $0["code"] == "missed_anomalies" } == false)
    }

    @Test func theRuleIsThatOfTheVersionUnlessAnotherIsGiven() throws {
        let api = try trained(.inProcess, ["quantile": 0.8])
        let data = Self.series(100, seed: 4)
        let kept = try feedback(api, ["series": data, "normal": [[0, 99]]])
        let given = try feedback(api, ["series": data, "normal": [[0, 99]], "version": 1, "quantile": 0.8])
        #expect(kept["threshold"] == given["threshold"] && given["feedback"]?["version"] == 1)
        let other = try feedback(api, ["series": data, "normal": [[0, 99]], "version": 1, "sigmas": 5])
        #expect(other["threshold"] != kept["threshold"])
    }

    /// A CSV file with a column for each mark, and with one for anomalies alone.
    @Test func columnsOfCSVMarkRows() throws {
        let api = try trained()
        let rows = Self.rows(60, seed: 5)
        let csv = [(name: "Content-Type", value: "text/csv")]
        let lines = rows.enumerated().map { row, values in
            "\(values[0]),\(values[1]),\((10..<30).contains(row) ? 1 : 0),\((40..<50).contains(row) ? 1 : 0)"
        }
        let text = "a,b,good,bad\n" + lines.joined(separator: "\n")
        let both = try api.post("/models/m/feedback?normal=good&anomalous=bad", text: text, fields: csv)
        #expect(both.status == 201, "\(both.text)")
        #expect(try both.json["feedback"]?["normal_windows"] == 20)
        #expect(try both.json["feedback"]?["anomalous_windows"] == 13)
        let ranges = try api.post(
            "/models/m/feedback?version=1&ignore=good,bad&normal=[[10,29]]&anomalous=[[40,49]]"
                .replacing("[", with: "%5B").replacing("]", with: "%5D"), text: text, fields: csv)
        #expect(ranges.status == 201, "\(ranges.text)")
        #expect(try ranges.json["threshold"] == both.json["threshold"])
    }

    @Test func theVersionThatIsReplacedCanBeRequired() throws {
        let api = try trained(.live)
        let body = Array("\(JSON.object(["series": Self.series(60, seed: 6), "normal": [[0, 59]]]))".utf8)
        let tag = try #require(try api.get("/models/m/model.safetensors")["etag"])
        func send() throws -> Int {
            try api.send(
                "POST", "/models/m/feedback",
                fields: [(name: "Content-Type", value: "application/json"), (name: "If-Match", value: tag)],
                body: body
            ).status
        }
        let first = try api.send(
            "POST", "/models/m/feedback",
            fields: [(name: "Content-Type", value: "application/json"), (name: "If-Match", value: tag)],
            body: body)
        #expect(first.status == 201 && first["location"] == "/models/m/versions/2", "\(first.text)")
        #expect(try send() == 412)
        #expect(try api.get("/models/m").json["versions"] == [1, 2])
    }

    private static let refused: [(members: [String: JSON?], status: Int, place: String)] = [
        (["series": series(20, seed: 1)], 422, "normal"),
        (["series": series(20, seed: 1), "normal": [[5, 30]]], 422, "0 to 19"),
        (["series": series(20, seed: 1), "normal": [[5, 9]], "anomalous": [[9, 10]]], 422, "row 9"),
        (["series": series(3, seed: 1), "normal": [[0, 1]]], 422, "4 timesteps"),
        (["series": [[1]], "normal": [[0, 0]]], 422, "must have 2"),
        (["windows": [[[1, 2], [1, 2], [1, 2], [1, 2]]], "normal": [[0, 0]]], 422, "rows"),
        (
            ["series": series(20, seed: 1), "normal": [[5, 9]], "quantile": 0.9, "sigmas": 2], 422,
            "both present"
        ),
        (["series": series(20, seed: 1), "normal": [[5, 9]], "threshold": 1], 422, "threshold"),
        (["series": series(20, seed: 1), "normal": [[5, 9]], "version": 7], 404, "7"),
    ]

    @Test(arguments: refused.indices) func whatDoesNotFitIsRefused(_ index: Int) throws {
        let api = try trained()
        let (members, status, place) = Self.refused[index]
        let response = try api.post("/models/m/feedback", JSON.object([:]).with(members))
        #expect(response.status == status, "\(response.text)")
        #expect(try response.json["detail"]?.string?.contains(place) == true, "\(response.text)")
        #expect(try api.get("/models/m").json["versions"] == [1])
    }

    /// Entries that a newer release has written stay; a model without calibration errors is refused.
    @Test func unknownMetadataAreKept() throws {
        let api = try trained(.live)
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
        _ = try feedback(api, ["series": Small.series(rows: 60), "normal": [[0, 59]]])
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
