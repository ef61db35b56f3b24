import APITesting
import Testing

/// Feature names, recordings, excluded rows and constant features in JSON requests.
@Suite struct DataTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private func train(_ members: [String: JSON?] = [:]) throws -> JSON {
        let response = try api.post("/train", Small.training("m", members))
        #expect(response.status == 201, "\(response.text)")
        return try response.json.with(["version": nil, "seconds": nil, "created_at": nil])
    }

    private func windows(_ members: [String: JSON?]) throws -> JSON? {
        let body: JSON = ["model": "m", "series": Small.series]
        return try api.post("/score", body.with(members)).json["windows"]
    }

    /// The rows with their features in reverse order.
    private static func reversed(_ rows: JSON) -> JSON {
        .array((rows.array ?? []).map { .array(($0.array ?? []).reversed()) })
    }

    @Test func featureNamesAreStoredAndMatched() throws {
        #expect(try train(["feature_names": ["x", "y"]])["feature_names"] == ["x", "y"])
        let plain = try windows([:])
        #expect(try windows(["feature_names": ["x", "y"]]) == plain)
        #expect(
            try windows(["feature_names": ["y", "x"], "series": Self.reversed(Small.series)]) == plain)
        #expect(try windows(["feature_names": ["y", "x"]]) != plain)
        let reversed = JSON.array((Small.windows.array ?? []).map(Self.reversed))
        #expect(
            try windows(["series": nil, "windows": reversed, "feature_names": ["y", "x"]])
                == windows(["series": nil, "windows": Small.windows]))
        let reconstruction = try api.post(
            "/reconstruct", ["model": "m", "windows": reversed, "feature_names": ["y", "x"]])
        #expect(
            try reconstruction.json["feature_names"] == ["x", "y"],
            "a reconstruction must have the features in the order of the model")
    }

    @Test func aWarmStartKeepsTheFeatureNames() throws {
        _ = try train(["feature_names": ["x", "y"]])
        #expect(try api.post("/train", Small.warm("m")).json["feature_names"] == ["x", "y"])
        let reversed = Small.warm("m").with([
            "series": Self.reversed(Small.series), "feature_names": ["y", "x"], "warm_start": 1,
        ])
        let straight = Small.warm("m").with(["feature_names": ["x", "y"], "warm_start": 1])
        let response = try api.post("/train", reversed).json
        #expect(response["feature_names"] == ["x", "y"])
        #expect(try response["history"] == api.post("/train", straight).json["history"])
        // A warm start gives the names of its data to a model without names.
        #expect(try train()["feature_names"] == .null)
        #expect(
            try api.post("/train", straight.with(["warm_start": true])).json["feature_names"] == ["x", "y"])
    }

    @Test func noWindowSpansTwoRecordings() throws {
        _ = try train()
        let rows = try #require(Small.series.array)
        let parts: JSON = [.array(Array(rows[..<4])), .array(Array(rows[4...4])), .array(Array(rows[5...]))]
        let apart = try #require(try windows(["series": nil, "recordings": parts])?.array)
        let whole = try #require(try windows([:])?.array)
        #expect(apart == Array(whole[0..<3] + whole[5..<9]))
        #expect(try windows(["series": nil, "recordings": [Small.series]])?.array == whole)
    }

    @Test func gapsAreFilledWithinARecording() throws {
        _ = try train()
        let filled = try windows([
            "series": nil, "missing": "previous",
            "recordings": [[[0, 9], [0, 9]], [[nil, 1], [1, 1], [nil, 1]]],
        ])
        let same = try windows([
            "series": nil, "recordings": [[[0, 9], [0, 9]], [[1, 1], [1, 1], [1, 1]]],
        ])
        #expect(filled == same && filled?.array?.count == 3)
        let refused = try api.post(
            "/score", ["model": "m", "recordings": [[[0, 9], [0, 9]], [[1, 1], [nil, 1]]]])
        #expect(try refused.json["pointer"] == "/recordings/1/1/0")
    }

    /// Equal windows give an equal model, whether rows are excluded by ranges, by flags or by a split into
    /// recordings.
    @Test func excludedRowsAreNotTrainedOn() throws {
        let withOutlier = JSON.array(
            (0..<10).map { $0 == 6 ? [1e9, -1e9] : (Small.series[$0] ?? .null) })
        let members: [String: JSON?] = [
            "validation_split": 0.4, "shuffle": false, "epochs": 3, "outliers": "keep",
        ]
        let excluding = try train(members.merging(["series": withOutlier, "exclude": [[6, 6]]]) { $1 })
        let flags: JSON = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
        #expect(try train(members.merging(["series": withOutlier, "exclude": flags]) { $1 }) == excluding)
        let rows = try #require(Small.series.array)
        let parts: JSON = [.array(Array(rows[..<6])), .array(Array(rows[7...]))]
        let apart = try train(members.merging(["series": nil, "recordings": parts]) { $1 })
        #expect(apart["history"] == excluding["history"] && apart["threshold"] == excluding["threshold"])
        #expect(try train(members.merging(["series": withOutlier]) { $1 })["history"] != excluding["history"])
        #expect(
            try train(members.merging(["exclude": [[0, 0]]]) { $1 })["history"] != train(members)["history"])
    }

    @Test(arguments: ["standard", "minmax", "none"])
    func aConstantFeatureGivesFiniteScores(scaling: String) throws {
        let rows = JSON.array((0..<20).map { [.number(Double($0 % 4)), 7, 0] })
        let members: [String: JSON?] = ["series": rows, "scaling": .string(scaling), "epochs": 3]
        let trained = try train(members)
        #expect(trained["history"]?["loss"]?.numbers.count == 3 && trained["threshold"]?.double != nil)
        let response = try api.post("/score", ["model": "m", "series": rows]).json
        #expect(response["windows"]?.array?.count == 19)
        #expect(response["windows"]?.array?.allSatisfy { $0["score"]?.double != nil } == true)
        // A change of the constant feature changes the error.
        let moved = JSON.array((0..<20).map { [.number(Double($0 % 4)), $0 == 9 ? 8 : 7, 0] })
        let scores = try api.post("/score", ["model": "m", "series": moved]).json["windows"]
        #expect(
            try #require(scores?[8]?["error"]?.double) != #require(response["windows"]?[8]?["error"]?.double))
        let constant = JSON.array(Array(repeating: [7, 0], count: 20))
        #expect(try train(["series": constant, "scaling": .string(scaling)])["threshold"]?.double != nil)
        #expect(try api.post("/score", ["model": "m", "series": constant]).status == 200)
    }

    /// Members to set in a training request, the pointer of the problem, and words that its detail must
    /// contain.
    static let refused: [(members: [String: JSON?], pointer: String, words: String)] = [
        (["feature_names": ["x"]], "/feature_names", "are 1 for 2 features"),
        (["feature_names": ["x", "x"]], "/feature_names/1", "repeats 'x'"),
        (["feature_names": ["x", 1]], "/feature_names/1", "must be a string"),
        (["feature_names": ["x", .string(String(repeating: "y", count: 257))]], "/feature_names/1", "256"),
        (["timestamps": [1, 2]], "/timestamps", "has 2 elements for 10 rows"),
        (["recordings": [Small.series]], "/series", "'series' and 'recordings' are both present"),
        (
            ["timestamps": .array((0..<10).map { $0 == 3 ? true : .integer($0) })], "/timestamps/3",
            "a boolean"
        ),
        (
            ["series": nil, "windows": Small.windows, "timestamps": [1, 2, 3, 4]], "/timestamps",
            "the data are windows"
        ),
        (
            ["series": nil, "windows": Small.windows, "exclude": [0, 0, 0, 1]], "/exclude",
            "the data are windows"
        ),
        (["recordings": [Small.series]], "/series", "both present"),
        (
            ["series": nil, "recordings": [[[1, 2]], [[1]]]], "/recordings/1",
            "1 features (F), but the first has 2"
        ),
        (["series": nil, "recordings": [[[1, 2]], [[1, "x"]]]], "/recordings/1/0/1", "a string"),
        (
            ["series": nil, "recordings": [[[1, 2]], [[2, 3]]]], "/recordings",
            "each of the 2 recordings is shorter"
        ),
        (["exclude": [0, 1]], "/exclude", "has 2 values for 10 rows"),
        (["exclude": [[3, 10]]], "/exclude/0", "the rows 0 to 9"),
        (["exclude": [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]], "/exclude/9", "is 2.0"),
        (["exclude": [[0, 9]]], "/exclude", "leaves none of the 9 windows"),
        (["exclude": [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]], "/exclude", "leaves none of the 9 windows"),
    ]

    @Test func badDataIsRefusedWithItsPointerAndTheReason() throws {
        for row in Self.refused {
            let response = try api.post("/train", Small.training("m", row.members))
            #expect(response.status == 422, "\(row.words): \(response.text)")
            let problem = try response.json
            #expect(problem["pointer"]?.string == row.pointer, "\(row.words): \(response.text)")
            #expect(problem["detail"]?.string?.contains(row.words) == true, "\(response.text)")
        }
        #expect(try api.get("/models/m").status == 404)
    }

    @Test func aFeatureNameMismatchIsReportedWithTheName() throws {
        _ = try train(["feature_names": ["x", "y"]])
        for (names, words): (JSON, String) in [(["x", "z"], "has 'z'"), (["x"], "are 1 for 2 features")] {
            let response = try api.post(
                "/score", ["model": "m", "series": Small.series, "feature_names": names])
            #expect(response.status == 422 && response.text.contains(words), "\(response.text)")
        }
        let lacking = try api.post("/score", ["model": "m", "series": [[1], [2]], "feature_names": ["y"]])
        #expect(lacking.status == 422 && lacking.text.contains("lacks 'x'"), "\(lacking.text)")
        let shifted: JSON = [
            "model": "m", "recordings": [Small.series, Small.series], "labels": [[2, 3]], "label_shift": 1,
        ]
        #expect(try api.post("/evaluate", shifted).json["pointer"] == "/label_shift")
        #expect(try api.post("/evaluate", shifted.with(["label_shift": 0])).json["rows"] == 20)
    }
}
