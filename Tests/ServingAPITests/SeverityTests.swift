import APITesting
import Testing

/// Rarities, return periods and the order of events in the response of POST /score.
@Suite struct SeverityTests {
    private let api: API

    /// Two correlated features with noise; each bump lifts the second by its height.
    private static func rows(_ count: Int, seed: UInt64, bumps: [(rows: Range<Int>, height: Double)] = [])
        -> [[Double]]
    {
        var state = seed
        func noise() -> Double {
            (0..<12).reduce(-6.0) { sum, _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return sum + Double(state >> 40) * 0x1p-24
            }
        }
        return (0..<count).map { row in
            let level = noise()
            let bump = bumps.first { $0.rows.contains(row) }?.height ?? 0
            return [level, 1 - level + 0.2 * noise() + bump]
        }
    }

    private static func json(_ rows: [[Double]]) -> JSON { .array(rows.map { .array($0.map(JSON.number)) }) }

    private static let bumps = [(rows: 60..<64, height: 4.0), (rows: 150..<154, height: 20.0)]

    init() throws {
        api = try API(.live)
        for (model, count) in [("m", 4000), ("small", 500)] {
            let training: JSON = [
                "model": .string(model), "series": Self.json(Self.rows(count, seed: 1)), "timesteps": 4,
                "units": [4], "epochs": 2, "seed": 0,
            ]
            let response = try api.post("/train", training)
            #expect(response.status == 201, "\(response.text)")
        }
    }

    private func score(_ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = ["model": "m", "series": Self.json(Self.rows(240, seed: 2, bumps: Self.bumps))]
        let response = try api.post("/score", body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test(arguments: ["newest", "mean"]) func eventsAreRareAndNormalRowsAreNot(_ combine: String) throws {
        let scores = try score(["combine": .string(combine)])
        let windows = try #require(scores["windows"]?.array)
        let rarities = windows.compactMap { $0["rarity"]?.double }
        #expect(rarities.count == windows.count && rarities.allSatisfy { (0...1).contains($0) })
        // A window is rarer the higher its score is.
        let ordered = windows.sorted { ($0["score"]?.double ?? 0) < ($1["score"]?.double ?? 0) }
        let ofOrdered = ordered.compactMap { $0["rarity"]?.double }
        #expect(ofOrdered == ofOrdered.sorted())
        #expect(scores["calibration_windows"]?.int ?? 0 > 700)

        let rows = try #require(scores["rows"]?["rarities"]?.array)
        #expect(rows.count == 240 && rows[0].isNull == (combine == "newest"))
        let normal = rows[90..<130].compactMap(\.double)
        #expect(normal.reduce(0, +) / Double(normal.count) < 0.9)
        #expect(scores["rows"]?["return_periods"] == nil)

        let events = try #require(scores["events"]?.array)
        #expect(events.count == 2, "\(events)")
        let last = try #require(events.last)
        #expect(last["peak_rarity"] == 1)
        let period = try #require(last["return_period"])
        let calibration = try #require(scores["calibration_rows"]?.double)
        // Nothing of the calibration comes near: the limit of extrapolation.
        #expect(period["is_longer"] == true && period["rows_high"]?.isNull == true)
        #expect(try abs(#require(period["rows"]?.double) / (10 * calibration) - 1) < 1e-6)
        #expect(try #require(period["rows_low"]?.double) > 100)
        #expect(period["seconds"] == nil)
    }

    @Test func timestampsTurnRowsIntoTime() throws {
        let start = 1_767_225_600
        let lines = Self.rows(240, seed: 2, bumps: Self.bumps).enumerated().map { row, values in
            "\(start + 600 * row),\(values[0]),\(values[1])"
        }
        let response = try api.post(
            "/score?model=m&sort=peak", text: "time,a,b\n" + lines.joined(separator: "\n"),
            fields: [(name: "Content-Type", value: "text/csv")])
        #expect(response.status == 200, "\(response.text.prefix(300))")
        let events = try #require(try response.json["events"]?.array)
        let peaks = events.compactMap { $0["peak_score"]?.double }
        #expect(peaks == peaks.sorted(by: >) && peaks.count == 2)
        for event in events {
            let period = try #require(event["return_period"])
            for (rows, seconds) in [("rows", "seconds"), ("rows_low", "seconds_low")] {
                let ratio = try #require(period[seconds]?.double) / (#require(period[rows]?.double))
                #expect(abs(ratio / 600 - 1) < 1e-5, "\(period)")
            }
        }
    }

    @Test func eventsAreSortedAsAsked() throws {
        func firstRows(_ order: JSON?) throws -> [Int] {
            try #require(try score(["sort": order, "include": ["events"]])["events"]?.array)
                .compactMap { $0["first_row"]?.int }
        }
        let inTime = try firstRows(nil)
        #expect(inTime.count == 2 && inTime == inTime.sorted())
        #expect(try firstRows("time") == inTime)
        #expect(try firstRows("peak") == inTime.reversed())
    }

    @Test func rowsHaveReturnPeriodsOnRequest() throws {
        let scores = try score(["include": ["return_periods"], "combine": "newest"])
        let periods = try #require(scores["rows"]?["return_periods"]?.array)
        #expect(periods.count == 240 && periods[0].isNull)
        #expect(try #require(periods[152].double) > 1000)
        #expect(scores["windows"] == nil && scores["events"] == nil)
        let windows: JSON = ["model": "m", "windows": [[[0, 1], [0, 1], [0, 1], [0, 1]]]]
        let refused = try api.post("/score", windows.with(["include": ["return_periods"]]))
        #expect(refused.status == 422)
        #expect(try refused.json["pointer"] == "/include")
    }

    /// 97 calibration windows of 4 rows are worth 24 without common rows.
    @Test func fewCalibrationWindowsHaveNoReturnPeriod() throws {
        let scores = try score(["model": "small"])
        let event = try #require(scores["events"]?.array?.last)
        #expect(event["peak_rarity"] == 1 && event["return_period"]?.isNull == true)
        let rows = try score(["model": "small", "include": ["return_periods"]])["rows"]
        #expect(rows?["return_periods"]?.array?.allSatisfy(\.isNull) == true)
    }

    /// The errors of rows are known for the model's own rule only.
    @Test func anotherRuleForRowsHasNoRarity() throws {
        let scores = try score(["smoothing": 3])
        #expect(scores["calibration_rows"]?.isNull == true && scores["rows"]?["rarities"] == nil)
        #expect(scores["events"]?[0]?["peak_rarity"]?.isNull == true)
        #expect(scores["windows"]?[0]?["rarity"]?.isNull == false)
    }

    /// The rarity is about the errors, whatever the threshold.
    @Test func theThresholdDoesNotChangeTheSeverity() throws {
        let own = try score(["combine": "newest"])
        let other = try score(["combine": "newest", "quantile": 0.9])
        #expect(own["threshold"] != other["threshold"])
        for row in [20, 61, 152] {
            let rarities = try [own, other].map {
                try #require($0["rows"]?["rarities"]?[row]?.double)
            }
            #expect(abs(rarities[0] - rarities[1]) < 0.003, "\(row): \(rarities)")
        }
    }

    /// Two parts of a fault with a few normal rows between them are one event unless asked otherwise.
    @Test func aFaultWithAShortPauseIsOneEvent() throws {
        let pauses = [(rows: 60..<64, height: 20.0), (rows: 70..<74, height: 20.0)]
        let series = Self.json(Self.rows(240, seed: 3, bumps: pauses))
        let members: [String: JSON?] = ["series": series, "combine": "newest"]
        #expect(try score(members)["events"]?.array?.count == 1)
        let apart = try score(members.merging(["events": ["merge_gap": 0]]) { $1 })
        #expect(apart["events"]?.array?.count == 2)
    }
}
