import APITesting
import ModelStore
import Testing

/// POST /score: scores, rows and events.
@Suite struct ScoreTests {
    private let api: API
    /// Two correlated features, except in the rows of the bump.
    private static func series(_ rows: Int, bumpAt bump: Range<Int> = 0..<0) -> JSON {
        .array(
            (0..<rows).map { row in
                let first = Double(row % 4) / 2
                return [.number(first), .number(1 - first + (bump.contains(row) ? 5 : 0))]
            })
    }

    init() throws {
        api = try API(.inProcess)
        let training: JSON = [
            "model": "m", "series": Self.series(80), "timesteps": 4, "units": [8, 4], "epochs": 60,
            "learning_rate": 0.01, "validation_split": 0.2, "sigmas": 3,
        ]
        #expect(try api.post("/train", training).status == 201)
    }

    private func score(_ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m", "series": Self.series(40, bumpAt: 20..<23)]
        let response = try api.post("/score", body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func aScoreIsTheErrorDividedByTheThreshold() throws {
        let scores = try score([:])
        let body: JSON = ["model": "m", "series": Self.series(40, bumpAt: 20..<23)]
        let errors = try #require(try api.post("/reconstruct", body).json["scaled_errors"]).numbers
        let threshold = try #require(scores["threshold"]?.double)
        #expect(try api.get("/models/m").json["threshold"]?.double == threshold)
        let windows = try #require(scores["windows"]?.array)
        #expect(windows.count == 37)
        for (window, error) in zip(windows, errors) {
            #expect(abs((window["error"]?.double ?? 0) - error) <= 1e-6 * max(1, error))
            #expect(
                abs((window["score"]?.double ?? 0) - error / threshold) <= 1e-5 * max(1, error / threshold))
            #expect(window["is_anomaly"]?.bool == ((window["score"]?.double ?? 0) > 1))
        }
    }

    @Test func anAnomalyIsAnEventWithItsFeature() throws {
        let scores = try score(["combine": "newest"])
        let events = try #require(scores["events"]?.array)
        #expect(events.count == 1, "\(events)")
        // The windows that end at rows 20 to 25 contain a row of the bump.
        #expect(events[0]["first_row"] == 20)
        #expect(try (22...27).contains(#require(events[0]["last_row"]?.int)))
        #expect(events[0]["features"]?[0]?["feature"] == 1)
        let rows = try #require(scores["rows"]?["scores"]?.array)
        #expect(rows.count == 40)
        #expect(rows.prefix(3).allSatisfy(\.isNull) && !rows[3].isNull)
        #expect(rows[try #require(events[0]["peak_row"]?.int)] == events[0]["peak_score"])
        // Other ways to combine windows, and a minimum length of events.
        let mean = try score(["combine": "mean"])["rows"]?["scores"]?.array
        #expect(mean?.count == 40 && mean?[0].isNull == false)
        #expect(try score(["events": ["minimum_length": 30]])["events"] == [])
    }

    @Test func timestepAndFeatureDetailsAddUpToTheScore() throws {
        let window = try #require(
            try score(["include": ["windows", "timesteps", "features"]])["windows"]?[20])
        let timesteps = try #require(window["timesteps"]).numbers
        #expect(timesteps.count == 4)
        let score = try #require(window["score"]?.double)
        #expect(abs(timesteps.reduce(0, +) / 4 - score) <= 1e-4 * score)
        let shares = try #require(window["features"]?.array).compactMap { $0["share"]?.double }
        #expect(shares.count == 2 && shares[0] >= shares[1])
        #expect(abs(shares.reduce(0, +) - 1) <= 1e-5)
    }

    @Test func aRequestCanChooseTheThreshold() throws {
        #expect(try score(["threshold": 0.5])["threshold"]?.double == 0.5)
        let half = try #require(try score(["quantile": 0.5])["threshold"]?.double)
        let maximum = try #require(try score(["quantile": 1])["threshold"]?.double)
        #expect(half < maximum)
        let own = try #require(try score([:])["threshold"]?.double)
        #expect(try score(["sigmas": 3])["threshold"]?.double == own)
        #expect(try score(["sigmas": 4])["threshold"]?.double ?? 0 > own)
        let body: JSON = ["model": "m", "windows": [[[0, 0]]], "quantile": 0.5, "threshold": 1]
        #expect(try api.post("/score", body).json["pointer"] == "/quantile")
    }

    @Test func lastScoresOnlyTheNewestWindow() throws {
        let all = try score(["include": ["windows", "features"]])
        let last = try score(["include": ["windows", "features"], "last": true])
        #expect(last["windows"]?.array?.count == 1)
        #expect(last["windows"]?[0] == all["windows"]?[36])
        #expect(try score(["last": true])["events"] == nil)
        let body: JSON = ["model": "m", "series": Self.series(9), "last": true, "include": ["rows"]]
        #expect(try api.post("/score", body).json["pointer"] == "/include")
    }

    @Test func moreEventsThanTheResponseLimitAreRefused() throws {
        var limits = RuntimeLimits()
        limits.maxResponseValues = 400
        let small = try API(.inProcess, runtime: limits)
        #expect(try small.post("/train", Small.training("m")).status == 201)
        let series = JSON.array((0..<300).map { [.number($0 % 3 == 0 ? 1000 : 0), 0] })
        let body: JSON = [
            "model": "m", "series": series, "threshold": 1, "include": ["events"], "combine": "newest",
            "events": ["start": 90_000, "end": 90_000, "merge_gap": 0],
        ]
        let problem = try small.post("/score", body)
        #expect(problem.status == 422, "\(problem.text.prefix(300))")
        #expect(try problem.json["pointer"] == "/events")
        let joined = try small.post("/score", body.with(["events": ["merge_gap": 5]]))
        #expect(joined.status == 200, "\(joined.text.prefix(300))")
    }

    /// The threshold of constant data is almost 0.
    @Test(arguments: ["newest", "mean", "median"]) func scoresOfConstantDataAreFinite(combination: String)
        throws
    {
        let constant = JSON.array(Array(repeating: [0, 0], count: 50))
        let training: JSON = [
            "model": "const", "series": constant, "timesteps": 3, "units": [2], "epochs": 3,
        ]
        #expect(try api.post("/train", training).status == 201)
        let series = JSON.array(Array(repeating: [0, 0], count: 5) + Array(repeating: [9, 9], count: 8))
        let body: JSON = ["model": "const", "series": series, "combine": .string(combination)]
        let scores = try api.post(
            "/score", body.with(["include": ["windows", "rows", "events", "timesteps"]])
        ).json
        #expect(scores["windows"]?[10]?["score"]?.double != nil)
        #expect(scores["windows"]?[10]?["timesteps"]?.numbers.count == 3)
        #expect(scores["events"]?.array?.count == 1)
        let labels: JSON = [[5, 12]]
        let found = try api.post("/evaluate", body.with(["labels": labels])).json
        #expect(found["anomalies"] == 8)
        #expect(found["events"] == ["labelled": 1, "detected": 1, "found": 1, "false_alarms": 0])
    }

    @Test func rowsAndEventsNeedASeries() throws {
        let windows: JSON = ["model": "m", "windows": [[[0, 1], [0.5, 0.5], [1, 0], [1.5, -0.5]]]]
        let plain = try api.post("/score", windows)
        #expect(plain.status == 200)
        #expect(try plain.json["rows"] == nil)
        for part in ["rows", "events", "return_periods"] {
            let problem = try api.post("/score", windows.with(["include": [.string(part)]]))
            #expect(problem.status == 422)
            #expect(try problem.json["pointer"] == "/include")
        }
        #expect(try api.post("/score", windows.with(["include": ["scores"]])).json["pointer"] == "/include/0")
        let rule: JSON = ["start": 1, "end": 2]
        #expect(try api.post("/score", windows.with(["events": rule])).json["pointer"] == "/events/end")
    }
}
