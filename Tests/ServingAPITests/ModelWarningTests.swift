import APITesting
import Foundation
import Testing

/// What spoils a model is found or said: outliers, constant columns, networks that have learned nothing.
@Suite struct ModelWarningTests {
    private func train(
        _ api: API, _ rows: [[Double]], _ members: [String: JSON?] = [:]
    ) throws -> JSON {
        let response = try api.post("/train", Waves.training("m", rows, members))
        #expect(response.status == 201, "\(response.text.prefix(300))")
        return try response.json
    }

    private func warnings(_ response: JSON, with text: String) -> [String] {
        (response["warnings"]?.array ?? []).map { "\($0)" }.filter { $0.contains(text) }
    }

    private func score(_ api: API, _ rows: [[Double]]) throws -> JSON {
        let response = try api.post(
            "/score", ["model": "m", "series": JSON(rows), "combine": "newest"])
        #expect(response.status == 200, "\(response.text.prefix(300))")
        return try response.json
    }

    // MARK: Outliers

    /// -9999 five times in 400 training rows: +6 and +100 are found nevertheless, and it is said.
    @Test(arguments: [[5, 100, 101, 230, 390], [20, 60, 100, 140, 180]])
    func sentinelsDoNotHideAnomalies(_ spoilt: [Int]) throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { index, row in if spoilt.contains(index) { row[0] = -9999 } }
        let trained = try train(api, rows)
        let warning = try #require(warnings(trained, with: "-9999").first)
        #expect(warning.contains("'0' has 5 values"), "\(warning)")
        #expect(try warnings(api.get("/models/m").json, with: "-9999").count <= 1)
        for bump in [6.0, 100] {
            let found = try score(
                api, Waves.rows(60) { index, row in if (40..<45).contains(index) { row[0] += bump } })
            let events = try #require(found["events"]?.array)
            #expect(events.map { $0["first_row"] } == [40], "\(bump): \(events)")
            #expect(try (44...53).contains(#require(events.first?["last_row"]?.int)), "\(bump)")
        }
        // The names of columns, and what to do.
        let named = try train(api, rows, ["feature_names": ["flow", "level"], "outliers": "keep"])
        let kept = try #require(warnings(named, with: "flow").first)
        #expect(kept.contains("outliers=exclude"), "\(kept)")
    }

    /// A code or an absurd value in many rows, scattered or in a block, is found by its repetition.
    @Test(arguments: [-9999, 999, 65535, 1e10], [Array(stride(from: 3, to: 400, by: 10)), Array(100..<140)])
    func aRepeatedSentinelDoesNotHideAnomalies(_ sentinel: Double, _ spoilt: [Int]) throws {
        let api = try API(.inProcess)
        let trained = try train(
            api, Waves.rows(400) { index, row in if spoilt.contains(index) { row[0] = sentinel } })
        #expect(warnings(trained, with: "'0' has 40 values").count == 1, "\(trained["warnings"] ?? nil)")
        let found = try score(
            api, Waves.rows(60) { index, row in if (40..<45).contains(index) { row[0] += 6 } })
        #expect(found["events"]?.array?.map { $0["first_row"] } == [40], "\(found["events"] ?? nil)")
    }

    /// Values that are used, but hide changes, are said in the training and its data, once.
    @Test func fewRowsThatDominateAScaleAreSaid() throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { index, row in
            let size = 100 + Double(index * 7 % 900)
            if index % 19 == 7 { row[0] = index % 2 == 0 ? size : -size }
            if [50, 150, 250].contains(index) { row[1] = 15 }
        }
        let trained = try train(api, rows, ["feature_names": ["flow", "level"]])
        let dominated = warnings(trained, with: "The scale of 'flow' is dominated by few rows")
        #expect(dominated.count == 1, "\(trained["warnings"] ?? nil)")
        let repeated = warnings(trained, with: "The value 15 of 'level' in 3 rows, the first of which is 50,")
        #expect(repeated.count == 1, "\(trained["warnings"] ?? nil)")
        let inspected = try api.post("/inspect", ["series": JSON(rows)]).json
        #expect(warnings(inspected, with: "The scale of '0' is dominated by few rows").count == 1)
        #expect(warnings(inspected, with: "The value 15 of '1' in 3 rows").count == 1)
    }

    /// Neither half of a column in two states is left out.
    @Test func twoStatesAreNoOutliers() throws {
        let api = try API(.inProcess)
        for distance in [10.0, 1e6] {
            let rows = Waves.rows(400) { index, row in row[0] += index / 20 % 2 == 0 ? 0 : distance }
            let trained = try train(api, rows, ["calibration_split": 0.25])
            #expect(warnings(trained, with: "outside the rest") == [])
            #expect(trained["threshold_windows"] == 99)
        }
    }

    /// If nearly every window contains an outlier, the windows are used without the values.
    @Test func outliersThatLeaveTooFewWindowsAreReplaced() throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { index, row in if index % 21 == 3 { row[0] = -9999 } }
        let trained = try train(api, rows, ["timesteps": 20])
        #expect(
            warnings(trained, with: "were replaced by a line").count == 1, "\(trained["warnings"] ?? nil)")
        let found = try score(
            api, Waves.rows(80) { index, row in if (40..<45).contains(index) { row[0] += 6 } })
        let first = try #require(found["events"]?[0]?["first_row"]?.int)
        #expect((40..<45).contains(first), "\(found["events"] ?? nil)")
    }

    /// Bursts and heavy tails are normal: nothing is left out, and nothing is said.
    @Test func burstsAreNoOutliers() throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { index, row in
            row[0] = index % 20 == 0 ? 1e6 * (1 + sin(Double(index))) : 0
        }
        let trained = try train(api, rows, ["calibration_split": 0.25])
        #expect(warnings(trained, with: "outside the rest") == [])
        #expect(trained["threshold_windows"] == 99)
    }

    // MARK: Constant columns

    /// A constant column that changes is noticed in any unit, or the smallest change is said.
    @Test(arguments: [(1e-5, 1e-3), (0.01, 0.11), (14.62, 15.62), (1500, 1501), (0, 1), (-1500, -1501)])
    func aConstantColumnThatChangesIsNoticed(_ value: Double, _ changed: Double) throws {
        let api = try API(.inProcess)
        for kind in ["mahalanobis", "mse"] {
            let rows = Waves.rows(400) { _, row in row.append(value) }
            let trained = try train(
                api, rows, ["feature_names": ["a", "b", "setpoint"], "error_kind": .string(kind)])
            let warning = try #require(warnings(trained, with: "setpoint").first)
            let text = try #require(warning.firstMatch(of: /less than about ([-+.e0-9]+[0-9])/)?.1)
            let noticed = try #require(Double(text))
            let found = try score(
                api,
                Waves.rows(60) { index, row in row.append((40..<50).contains(index) ? changed : value) })
            let scores = try #require(found["rows"]?["scores"]?.array).map { $0.double ?? 0 }
            let isFound = scores[44...52].contains { $0 > 1 }
            if kind == "mahalanobis" { #expect(isFound, "\(scores)") }
            #expect(isFound || abs(changed - value) < 2 * noticed, "\(kind): \(warning), \(scores)")
            // The stated change is honest: twice as much for a whole window is an anomaly, a tenth is not.
            for (factor, isAnomaly) in [(2.0, true), (0.1, false)] {
                let all = try score(api, Waves.rows(16) { _, row in row.append(value + factor * noticed) })
                let last = try #require(all["rows"]?["scores"]?[15]?.double)
                let normal = try #require(
                    try score(api, Waves.rows(16) { _, row in row.append(value) })["rows"]?["scores"]?[15]?
                        .double)
                #expect((last > 1) == isAnomaly || normal > 1, "\(kind), \(factor): \(last), \(warning)")
            }
        }
    }

    @Test func aWarningListsTheFirstRowsOnly() throws {
        let api = try API(.inProcess)
        let trained = try train(api, Waves.rows(400) { index, row in if index % 2 == 0 { row[0] = -9999 } })
        let outliers = trained["warnings"]?.array?.first { $0["code"] == "outliers" }
        #expect(outliers?["rows"]?.array?.count == 100, "\(trained["warnings"] ?? nil)")
        let shuffled = ",a\n" + (0..<400).map { "\($0 * 7 % 400),\($0 % 5)\n" }.joined()
        let csv = [(name: "Content-Type", value: "text/csv")]
        let report = try api.post("/inspect", text: shuffled, fields: csv).json
        let unordered = report["warnings"]?.array?.first { $0["code"] == "unordered" }
        #expect((1...100).contains(unordered?["rows"]?.array?.count ?? 0), "\(report["warnings"] ?? nil)")
        let falling = "index,a\n" + (0..<400).map { "\(2000 - 3 * $0 + $0 % 2 * 4),\($0 % 5)\n" }.joined()
        let fallen = try api.post("/inspect", text: falling, fields: csv).json["warnings"]
        let first = fallen?.array?.first { $0["code"] == "unordered" }
        #expect(first?["rows"]?.array?.count == 100, "\(fallen ?? nil)")
    }

    // MARK: Nothing learned

    static let failures: [(name: String, members: [String: JSON])] = [
        ("learning_rate 10", ["learning_rate": 10]),
        ("8 epochs of sigmoid", ["activation": "sigmoid", "validation_split": 0.1]),
        ("one epoch with a tiny learning rate", ["epochs": 1, "learning_rate": 1e-6]),
    ]

    @Test(arguments: failures.indices) func aNetworkThatLearnsNothingIsSaid(_ index: Int) throws {
        let api = try API(.inProcess)
        let (name, members) = Self.failures[index]
        for loss in ["mse", "mae", "huber"] {
            let rows = Waves.rows(400)
            let trained = try train(api, rows, members.merging(["loss": .string(loss)]) { $1 })
            #expect(warnings(trained, with: "learned nothing").count == 1, "\(name), \(loss)")
        }
    }

    @Test func aNetworkThatLearnsIsNotDoubted() throws {
        let api = try API(.inProcess)
        let trained = try train(api, Waves.rows(400), ["epochs": 20])
        #expect(warnings(trained, with: "learned nothing") == [], "\(trained["warnings"] ?? nil)")
    }

    /// Whole numbers are not taken for numbers that float32 has rounded.
    @Test func integersInANearlyConstantColumnAreExact() throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { index, row in row[0] = 1e6 + (index % 50 == 0 ? 1 : 0) }
        _ = try train(api, rows, ["scaling": "standard", "epochs": 1])
        let scored = try score(api, Array(rows[..<100]))
        #expect(warnings(scored, with: "float32") == [], "\(scored["warnings"] ?? nil)")
    }

    // MARK: Others

    @Test func shortRecordingsAreSaid() throws {
        let api = try API(.inProcess)
        let recordings: JSON = [JSON(Waves.rows(5)), JSON(Waves.rows(200)), JSON(Waves.rows(7))]
        let body = Waves.training("m").with(["series": nil, "recordings": recordings])
        let response = try api.post("/train", body)
        #expect(response.status == 201)
        #expect(try warnings(response.json, with: "2 of 3 recordings").count == 1, "\(response.text)")
    }

    @Test func dataThatAreNotScaledLoseTheirOffset() throws {
        let api = try API(.inProcess)
        let rows = Waves.rows(400) { _, row in row[0] += 1e9 }
        let trained = try train(api, rows, ["scaling": "none", "epochs": 1])
        #expect(warnings(trained, with: "float32").count == 1, "\(trained["warnings"] ?? nil)")
    }

    /// Warnings are stored with the version: a copy of the file has them too.
    @Test func warningsAreKeptInTheFile() throws {
        let api = try API(.live)
        let rows = Waves.rows(400) { index, row in if index == 9 { row[1] = 9999 } }
        let trained = try train(api, rows, ["epochs": 1])
        let file = try api.get("/models/m/model.safetensors").body
        #expect(String(decoding: file.prefix(1 << 16), as: UTF8.self).contains("outliers"))
        #expect(warnings(trained, with: "9999").count == 1)
        let put = try api.send(
            "PUT", "/models/copy/model.safetensors",
            fields: [(name: "Content-Type", value: "application/octet-stream")], body: file)
        #expect(put.status == 201, "\(put.text)")
        let copy = try api.get("/models/copy/model.safetensors").body
        #expect(copy.count == file.count)
    }
}
