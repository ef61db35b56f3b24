import APITesting
import DataFormats
import Foundation
import Testing

/// Columns with an offset that is large against their variation are treated as if it were not there.
@Suite struct PrecisionTests {
    /// Columns with an offset, in units of their own.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// Of each column, in its own unit.
        let offsets: [Double]
        let unit: Double
        /// What is added to the first column in rows 40 to 44.
        let bump: Double
    }

    static let cases = [
        Case(testDescription: "10^9", offsets: [1e9, 0], unit: 1, bump: 6),
        Case(testDescription: "-10^9 in both", offsets: [-1e9, -1e9], unit: 1, bump: 6),
        Case(
            testDescription: "a northing in m with mm", offsets: [5_823_456.123, 0], unit: 0.005, bump: 0.1),
        Case(testDescription: "10^11", offsets: [1e11, 1e3], unit: 1, bump: 6),
    ]

    private static let scalings = ["standard", "minmax", "robust"]
    private static let kinds = ["mse", "mahalanobis", "level_spread"]

    private func rows(_ count: Int, _ data: Case, hasOffset: Bool, bumpAt bump: Range<Int> = 0..<0)
        -> [[Double]]
    {
        Waves.rows(count) { index, row in
            for column in 0..<2 {
                row[column] = row[column] * data.unit + (hasOffset ? data.offsets[column] : 0)
            }
            if bump.contains(index) { row[0] += data.bump }
        }
    }

    private func train(_ api: API, _ data: Case, _ members: [String: JSON?]) throws {
        for (model, hasOffset) in [("plain", false), ("moved", true)] {
            let response = try api.post(
                "/train",
                Waves.training(model, rows(400, data, hasOffset: hasOffset), ["epochs": 4]).with(members))
            #expect(response.status == 201, "\(response.text.prefix(300))")
        }
    }

    private func isClose(_ found: JSON?, _ expected: JSON?, relative: Double = 1e-3, absolute: Double = 1e-3)
        -> Bool
    {
        guard let found = found?.numbers, let expected = expected?.numbers, !expected.isEmpty else {
            return false
        }
        return found.count == expected.count
            && zip(found, expected).allSatisfy { abs($0 - $1) <= max(relative * abs($1), absolute) }
    }

    private func post(_ api: API, _ path: String, _ members: [String: JSON?]) throws -> JSON {
        let body: JSON = [:]
        let response = try api.post(path, body.with(members))
        #expect(response.status == 200, "\(path): \(response.text.prefix(300))")
        return try response.json
    }

    @Test(arguments: cases, scalings) func scoresAreThoseWithoutTheOffset(_ data: Case, _ scaling: String)
        throws
    {
        let api = try API(.inProcess)
        for kind in Self.kinds {
            try train(api, data, ["scaling": .string(scaling), "error_kind": .string(kind)])
            let (plain, moved) = try (
                post(
                    api, "/score",
                    [
                        "model": "plain", "combine": "newest",
                        "series": JSON(rows(60, data, hasOffset: false, bumpAt: 40..<45)),
                    ]),
                post(
                    api, "/score",
                    [
                        "model": "moved", "combine": "newest",
                        "series": JSON(rows(60, data, hasOffset: true, bumpAt: 40..<45)),
                    ])
            )
            #expect(
                isClose(moved["rows"]?["scores"], plain["rows"]?["scores"], absolute: 1e-4),
                "\(kind): \(moved["rows"] ?? nil) \(plain["rows"] ?? nil)")
            let events = (moved["events"]?.array ?? [], plain["events"]?.array ?? [])
            #expect(!events.1.isEmpty && events.0.count == events.1.count, "\(kind)")
            for (event, expected) in zip(events.0, events.1) {
                #expect(event["first_row"] == expected["first_row"], "\(kind)")
                #expect(event["last_row"] == expected["last_row"], "\(kind)")
            }
            guard kind == "mahalanobis" else { continue }
            #expect(events.0.map { $0["first_row"] } == [40], "\(events.0)")
            #expect(try (44...53).contains(#require(events.0.first?["last_row"]?.int)))
        }
    }

    @Test(arguments: cases, scalings) func reconstructionsEncodingsAndLayersToo(
        _ data: Case, _ scaling: String
    ) throws {
        let api = try API(.inProcess)
        try train(api, data, ["scaling": .string(scaling)])
        let plain: [String: JSON?] = [
            "model": "plain", "series": JSON(rows(60, data, hasOffset: false, bumpAt: 40..<45)),
        ]
        let moved: [String: JSON?] = [
            "model": "moved", "series": JSON(rows(60, data, hasOffset: true, bumpAt: 40..<45)),
        ]
        let found = try post(api, "/reconstruct", moved)
        let expected = try post(api, "/reconstruct", plain)
        #expect(isClose(found["scaled_errors"], expected["scaled_errors"]))
        let back = try #require(found["reconstructions"]).numbers.enumerated().map {
            $1 - data.offsets[$0 % 2]
        }
        let reference = try #require(expected["reconstructions"]).numbers
        for (value, reference) in zip(back, reference) {
            // 10^11 is exact to 2·10^-5 as a double.
            #expect(abs(value - reference) <= 1e-3 * data.unit + 2e-5, "\(value) \(reference)")
        }
        #expect(
            isClose(
                try post(api, "/encode", moved)["encodings"], try post(api, "/encode", plain)["encodings"]))
        let layers = try (post(api, "/layers", moved)["layers"], post(api, "/layers", plain)["layers"])
        for index in 0..<5 {
            #expect(isClose(layers.0?[index]?["outputs"], layers.1?[index]?["outputs"]), "layer \(index)")
        }
    }

    /// A model that was downloaded and uploaded, one that was trained further, and the baselines.
    @Test(arguments: cases) func theOffsetSurvivesFilesAndWarmStarts(_ data: Case) throws {
        let api = try API(.live)
        try train(api, data, ["scaling": "standard"])
        let series = JSON(rows(60, data, hasOffset: true, bumpAt: 40..<45))
        let scores = try post(api, "/score", ["model": "moved", "series": series])["rows"]
        let file = try api.get("/models/moved/model.safetensors").body
        let put = try api.send(
            "PUT", "/models/copy/model.safetensors",
            fields: [(name: "Content-Type", value: "application/octet-stream")], body: file)
        #expect(put.status == 201, "\(put.text)")
        #expect(try post(api, "/score", ["model": "copy", "series": series])["rows"] == scores)

        let labels: JSON = [[40, 47]]
        let evaluations = try (
            post(
                api, "/evaluate",
                ["model": "moved", "series": series, "labels": labels, "combine": "newest"]),
            post(
                api, "/evaluate",
                [
                    "model": "plain", "series": JSON(rows(60, data, hasOffset: false, bumpAt: 40..<45)),
                    "labels": labels, "combine": "newest",
                ])
        )
        for name in ["z_score", "pca"] {
            let (found, expected) = (
                evaluations.0["baselines"]?[name], evaluations.1["baselines"]?[name]
            )
            #expect(isClose(found?["threshold"], expected?["threshold"], absolute: 1e-9), "\(name)")
            // Errors of almost 0 are in another order.
            #expect(isClose(found?["roc_auc"], expected?["roc_auc"], absolute: 0.02), "\(name)")
        }

        for (model, hasOffset) in [("plain", false), ("moved", true)] {
            let warm: JSON = [
                "model": .string(model), "series": JSON(rows(400, data, hasOffset: hasOffset)), "epochs": 2,
                "warm_start": true,
            ]
            #expect(try api.post("/train", warm).status == 201)
        }
        let warm = try post(api, "/score", ["model": "moved", "series": series])["rows"]?["scores"]
        let reference = try post(
            api, "/score",
            ["model": "plain", "series": JSON(rows(60, data, hasOffset: false, bumpAt: 40..<45))])["rows"]
        #expect(isClose(warm, reference?["scores"]))
    }

    /// Where doubles have 8 steps to the unit, an anomaly is found, and the loss of digits is said.
    @Test(arguments: [1e15, -1e15]) func whatDoublesHoldIsUsed(_ offset: Double) throws {
        let api = try API(.inProcess)
        let trained = try api.post(
            "/train", Waves.training("m", Waves.rows(400) { _, row in row[0] += offset })
        ).json
        #expect(codes(trained).contains("precision"), "\(trained["warnings"] ?? nil)")
        #expect(!codes(trained).contains("constant_column"), "\(trained["warnings"] ?? nil)")
        let bumped = Waves.rows(60) { index, row in
            row[0] += offset + ((40..<45).contains(index) ? 6 : 0)
        }
        let found = try post(api, "/score", ["model": "m", "series": JSON(bumped), "combine": "newest"])
        #expect(found["events"]?.array?.map { $0["first_row"] } == [40], "\(found["events"] ?? nil)")
    }

    /// A column at 10^18 that changes by 1 is a constant to a double, which is said.
    @Test func differencesThatDoublesDoNotHoldAreSaid() throws {
        let api = try API(.inProcess)
        let csv = Waves.rows(400).enumerated().map { "\($1[0]),\($1[1]),1000000000000000\(100 + $0 % 2)\n" }
        let response = try api.send(
            "POST", "/train?model=m&timesteps=8&units=8,4&epochs=8",
            fields: [(name: "Content-Type", value: "text/csv")], body: Array(("a,b,c\n" + csv.joined()).utf8))
        let trained = try response.json
        #expect(codes(trained).contains("precision"), "\(trained["warnings"] ?? nil)")
        #expect(codes(trained).contains("constant_column"), "\(trained["warnings"] ?? nil)")
    }

    /// Columns at both ends of what a double holds, beside each other.
    @Test(arguments: [1e30, 1e300]) func unitsMayDifferByAnything(_ unit: Double) throws {
        let api = try API(.inProcess)
        let units = [1 / unit, unit]
        func rows(_ count: Int, bump: Int? = nil) -> [[Double]] {
            Waves.rows(count) { index, row in
                if let bump, (40..<45).contains(index) { row[bump] += 6 }
                for column in 0..<2 { row[column] *= units[column] }
            }
        }
        let trained = try api.post("/train", Waves.training("m", rows(400))).json
        #expect(!codes(trained).contains("nothing_learned"), "\(trained["warnings"] ?? nil)")
        for column in 0..<2 {
            let found = try post(
                api, "/score", ["model": "m", "series": JSON(rows(60, bump: column)), "combine": "newest"])
            #expect(found["events"]?.array?.map { $0["first_row"] } == [40], "column \(column)")
        }
    }

    private func codes(_ response: JSON) -> [String] {
        response["warnings"]?.array?.compactMap { $0["code"]?.string } ?? []
    }

    /// CSV and float64 arrays are read as JSON is; float32 arrays cannot hold the offset, which is said.
    @Test func everyFormatKeepsTheOffset() throws {
        let api = try API(.inProcess)
        let data = Self.cases[0]
        try train(api, data, [:])
        let rows = rows(60, data, hasOffset: true, bumpAt: 40..<45)
        let json = try post(api, "/score", ["model": "moved", "series": JSON(rows)])
        let csv = "a,b\n" + rows.map { "\($0[0]),\($0[1])\n" }.joined()
        let values = rows.flatMap { $0 }
        func score(_ type: String, _ body: [UInt8]) throws -> JSON {
            let response = try api.send(
                "POST", "/score?model=moved", fields: [(name: "Content-Type", value: type)], body: body)
            #expect(response.status == 200, "\(type): \(response.text.prefix(300))")
            return try response.json
        }
        #expect(try score("text/csv", Array(csv.utf8))["rows"] == json["rows"])
        let double = try score("application/x-npy", NumPyArray.encode(values[...], shape: [60, 2]))
        #expect(double["rows"] == json["rows"])
        let single = try score(
            "application/x-npy", NumPyArray.encode(values.map { Float($0) }[...], shape: [60, 2]))
        #expect("\(single["warnings"] ?? nil)".contains("float64"), "\(single["warnings"] ?? nil)")
        #expect(!"\(json["warnings"] ?? nil)".contains("float64"), "\(json["warnings"] ?? nil)")
    }
}
