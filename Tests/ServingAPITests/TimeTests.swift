import APITesting
import Foundation
import Testing

/// Rows whose times are not those of a regular series, and differences, on the paths that take rows.
@Suite struct TimeTests {
    private let api: API
    private static let csv = [(name: "Content-Type", value: "text/csv")]

    init() throws { api = try API(.inProcess) }

    /// A row of a file: its time in seconds since midnight, and a and b.
    private struct Row {
        var seconds: Double
        var a: Double
        var b: Double

        init(_ index: Int, seconds: Double? = nil, adding change: Double = 0) {
            self.seconds = seconds ?? Double(index)
            a = sin(Double(index) / 3) + change
            b = cos(Double(index) / 3)
        }
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.down))
        let clock = [whole / 3600 % 24, whole / 60 % 60, whole % 60].map { String(format: "%02d", $0) }
        let day = String(format: "%02d", 1 + whole / 86_400)
        let fraction =
            seconds == seconds.rounded() ? "" : String(format: ".%03d", Int((seconds - Double(whole)) * 1000))
        return "2026-01-\(day)T\(clock.joined(separator: ":"))\(fraction)"
    }

    private static func table(_ rows: [Row]) -> String {
        "time,a,b\n" + rows.map { "\(time($0.seconds)),\($0.a),\($0.b)\n" }.joined()
    }

    private func send(_ target: String, _ text: String, status: Int = 200) throws -> JSON {
        let response = try api.post(target, text: text, fields: Self.csv)
        #expect(response.status == status, "\(target): \(response.text)")
        return try response.json
    }

    private static let options = "timesteps=8&units=8,4&epochs=8&seed=3&scaling=standard"

    /// Trains on 400 rows, one each second.
    private func train(_ query: String = "", model: String = "m") throws -> JSON {
        try send(
            "/train?model=\(model)&\(Self.options)\(query)", Self.table((0..<400).map { Row($0) }),
            status: 201)
    }

    /// The codes of warnings, without those about the small models of these tests.
    private func codes(_ response: JSON) -> [String] {
        let codes = response["warnings"]?.array?.compactMap { $0["code"]?.string } ?? []
        return codes.filter { !["few_calibration_windows", "threshold_from_training"].contains($0) }
    }

    // MARK: Order

    @Test func rowsOutOfOrderAreRefusedWithLineAndRemedy() throws {
        var rows = (0..<60).map { Row($0) }
        rows.swapAt(10, 20)
        let shuffled = Self.table(rows)
        let falling = Self.table((0..<60).reversed().map { Row($0) })
        _ = try train()
        for (target, status) in [
            ("/train?model=n&\(Self.options)", 422), ("/score?model=m", 422), ("/reconstruct?model=m", 422),
            ("/encode?model=m", 422), ("/layers?model=m", 422), ("/evaluate?model=m&labels=b", 422),
            ("/compare?model=m&timesteps=8&units=8", 422),
        ] {
            let problem = try send(target, shuffled, status: status)
            if target.hasPrefix("/evaluate") { continue }
            let detail = problem["detail"]?.string ?? ""
            #expect(
                detail.hasPrefix("line 13: the timestamp '2026-01-01T00:00:11' is 9 s earlier"),
                "\(target): \(detail)")
            #expect(detail.contains("2 rows are out of order") && detail.contains("set order to sort"))
            #expect(problem["line"] == 13)
        }
        let problem = try send("/score?model=m", falling, status: 422)
        #expect(problem["detail"]?.string?.contains("the newest row is first") == true)
    }

    @Test func sortedRowsHaveTheScoresOfTheOriginal() throws {
        _ = try train()
        let rows = (0..<60).map { Row($0, adding: (40..<45).contains($0) ? 6 : 0) }
        let original = try send("/score?model=m", Self.table(rows))
        #expect(original["events"]?.array?.count == 1)
        for order in [rows.shuffled(), rows.reversed()] {
            let sorted = try send("/score?model=m&order=sort", Self.table(order))
            for member in ["windows", "rows", "events"] { #expect(sorted[member] == original[member]) }
            #expect(codes(sorted) == ["unordered"] + codes(original))
        }
        // The flags of rows go with their rows.
        let flagged = rows.enumerated().map { index, row in
            "\(Self.time(row.seconds)),\(row.a),\(row.b),\((40..<45).contains(index) ? 1 : 0)\n"
        }
        func evaluate(_ lines: [String]) throws -> JSON {
            try send("/evaluate?model=m&labels=flag&order=sort", "time,a,b,flag\n" + lines.joined())
        }
        let metrics = try evaluate(flagged).with(["warnings": nil])
        #expect(try evaluate(flagged.shuffled()).with(["warnings": nil]) == metrics)
    }

    @Test func timestampsOfJSONAreThoseOfRows() throws {
        _ = try train()
        let rows = (0..<40).map { Row($0) }
        func body(_ order: [Int]) -> JSON {
            [
                "model": "m", "series": .array(order.map { [.number(rows[$0].a), .number(rows[$0].b)] }),
                "feature_names": ["a", "b"],
                "timestamps": .array(order.map { .integer(1_767_225_600 + $0) }),
            ]
        }
        let original = try api.post("/score", body(Array(0..<40))).json
        let order = Array((0..<40).shuffled())
        let refused = try api.post("/score", body([0, 1, 3, 2] + Array(4..<40)))
        #expect(refused.status == 422)
        let problem = try refused.json
        #expect(problem["pointer"] == "/timestamps/3")
        #expect(
            problem["detail"]?.string?.hasPrefix("row 3: the timestamp '1767225602' is 1 s earlier") == true)
        let sorted = try api.post("/score", body(order).with(["order": "sort"])).json
        #expect(sorted["rows"] == original["rows"])
        // An error about a missing value names the row as it was sent.
        var missing = body(order).with(["order": "sort"])
        missing = missing.setting(["series", "5", "1"], to: .null)
        #expect(try api.post("/score", missing).json["pointer"] == "/series/5/1")
    }

    @Test func aRepeatedHourIsNamed() throws {
        // Every ten minutes; at row 30 the local clock is set back from 05:00 to 04:00.
        func rows(_ count: Int) -> [Row] {
            (0..<count).map { Row($0, seconds: Double($0) * 600 - ($0 < 30 ? 0 : 3600)) }
        }
        let target = "/train?model=dst&\(Self.options)"
        let problem = try send(target, Self.table(rows(400)), status: 422)
        let detail = problem["detail"]?.string ?? ""
        #expect(detail.hasPrefix("line 32: the timestamp '2026-01-01T04:00:00' is 50 m earlier"), "\(detail)")
        #expect(detail.contains("daylight saving time") && detail.contains("UTC"))
        let trained = try send("\(target)&order=sort", Self.table(rows(400)), status: 201)
        #expect(trained["data"]?["time"]?["order"] == "clock_set_back")
        #expect(trained["data"]?["recordings"] == 1, "no window is lost")
        // The rows are used as they are: without times, the model is the same.
        let plain = try send(
            "/train?model=plain&ignore=time&\(Self.options)", Self.table(rows(400)), status: 201)
        #expect(trained["history"] == plain["history"])
        let scores = try send("/score?model=dst&order=sort", Self.table(rows(60)))
        #expect(codes(scores).contains("unordered"))
        #expect(scores["rows"]?["timestamps"]?[30] == "2026-01-01T04:00:00", "as it was sent")
    }

    // MARK: Duplicates

    @Test func rowsWithTheSameTimeAreRefusedOrMerged() throws {
        _ = try train()
        let rows = (0..<60).map { Row($0) }
        let doubled = rows[..<30] + [rows[29]] + rows[30...]
        let problem = try send("/score?model=m", Self.table(Array(doubled)), status: 422)
        #expect(
            problem["detail"]?.string
                == "line 32: the timestamp '2026-01-01T00:00:29' is the same as that of the row before; send "
                + "each time once, or set duplicates to last or mean")
        let original = try send("/score?model=m", Self.table(rows))
        for policy in ["last", "mean"] {
            let merged = try send("/score?model=m&duplicates=\(policy)", Self.table(Array(doubled)))
            #expect(merged["rows"] == original["rows"])
            #expect(codes(merged) == ["duplicate_timestamps"])
            #expect(merged["warnings"]?[0]?["rows"] == [[30, 30]])
        }
    }

    // MARK: Gaps

    @Test func noWindowSpansAGap() throws {
        _ = try train()
        // Seven rows are missing before row 30.
        let rows = (0..<67).filter { !(30..<37).contains($0) }.map { Row($0) }
        let scores = try send("/score?model=m&combine=newest", Self.table(rows))
        #expect(scores["events"] == [], "the gap is no event")
        #expect(scores["windows"]?.array?.count == 23 + 23)
        #expect(scores["rows"]?["scores"]?.array?[30..<37].allSatisfy(\.isNull) == true)
        #expect(codes(scores) == ["gaps"])
        #expect(scores["warnings"]?[0]?["rows"] == [[30, 30]])
        let spanning = try send("/score?model=m&max_gap=none", Self.table(rows))
        #expect(spanning["windows"]?.array?.count == 53)
        #expect(spanning["events"]?.array?.isEmpty == false, "this is what the rule prevents")
        #expect(try send("/score?model=m&max_gap=10s", Self.table(rows))["windows"] == spanning["windows"])
        let problem = try send("/score?model=m&max_gap=soon", Self.table(rows), status: 422)
        #expect(
            problem["detail"]?.string
                == "'max_gap' must be a number of seconds, or a number with a unit, such as \"500ms\", "
                + "\"30s\", \"5m\", \"1h\" or \"1d\", from 1 ns to 100 years, or \"none\"")
    }

    @Test func aModelKeepsTheLengthOfAGap() throws {
        _ = try train("&max_gap=1m")
        #expect(try api.get("/models/m").json["max_gap"] == "1m")
        let rows = (0..<67).filter { !(30..<37).contains($0) }.map { Row($0) }
        #expect(try send("/score?model=m", Self.table(rows))["windows"]?.array?.count == 53)
        #expect(try send("/score?model=m&max_gap=3", Self.table(rows))["windows"]?.array?.count == 46)
    }

    @Test func rowsAtAnotherIntervalAreWarnedOf() throws {
        _ = try train()
        #expect(try api.get("/models/m").json["row_interval"] == "1s")
        let minutes = (0..<60).map { Row($0, seconds: Double($0) * 60) }
        let scores = try send("/score?model=m", Self.table(minutes))
        #expect(codes(scores) == ["other_interval"])
        #expect(try codes(send("/score?model=m", Self.table((0..<60).map { Row($0) }))) == [])
    }

    @Test func optionsThatNeedTimestampsRequireThem() throws {
        let rows = Self.table((0..<60).map { Row($0) })
        for option in ["order=sort", "duplicates=last", "max_gap=3", "interval=2s"] {
            let problem = try send(
                "/train?model=n&\(Self.options)&ignore=time&\(option)", rows, status: 422)
            #expect(problem["detail"]?.string?.contains("has no timestamps, which") == true)
        }
        let problem = try send("/train?model=n&\(Self.options)&aggregate=max", rows, status: 422)
        #expect(problem["detail"]?.string?.contains("requires an interval") == true)
    }

    // MARK: Resampling

    /// Rows ten times a second, whose means are those of `Row`.
    private static func dense(_ count: Int) -> String {
        table(
            (0..<count).flatMap { index in
                (0..<10).map { part in
                    Row(index, seconds: Double(index) + Double(part) / 10, adding: Double(part) - 4.5)
                }
            })
    }

    @Test func aModelResamplesRowsAsItWasTrained() throws {
        let trained = try send(
            "/train?model=dense&\(Self.options)&interval=1s&aggregate=mean", Self.dense(400), status: 201)
        let plain = try train()
        let losses = trained["history"]?["loss"]?.numbers ?? []
        for (one, other) in zip(losses, plain["history"]?["loss"]?.numbers ?? []) {
            #expect(abs(one - other) < 1e-4)
        }
        let model = try api.get("/models/dense").json
        #expect(model["interval"] == "1s" && model["aggregate"] == "mean" && model["row_interval"] == "1s")
        let scores = try send("/score?model=dense", Self.dense(60))
        #expect(scores["rows"]?["scores"]?.array?.count == 60)
        #expect(scores["rows"]?["timestamps"]?[7] == "2026-01-01T00:00:07")
        #expect(codes(scores) == [])
        let problem = try send("/score?model=dense&interval=2s", Self.dense(60), status: 422)
        #expect(problem["detail"]?.string?.contains("the model takes rows every 1s") == true)
        let timeless = try send("/score?model=dense&ignore=time", Self.dense(60), status: 422)
        #expect(timeless["detail"]?.string?.contains("the model takes rows every 1s") == true)
        // A model of rows that were sent as they are can get others.
        #expect(try send("/score?model=m&interval=1s", Self.dense(60))["rows"]?["scores"]?.array?.count == 60)
    }

    @Test func columnsOfDifferentClocksAreAligned() throws {
        let rows = (0..<120).map { Row($0) }
        let wide =
            "time,a,b\n"
            + rows.map {
                "\(Self.time($0.seconds + 0.1)),\($0.a),\n\(Self.time($0.seconds + 0.7)),,\($0.b)\n"
            }
            .joined()
        let target = "/train?model=wide&\(Self.options)"
        let refused = try send(target, wide, status: 422)
        #expect(refused["detail"]?.string?.contains("has no value") == true)
        let aligned = try send("\(target)&interval=1s", wide, status: 201)
        let plain = try send(
            "/train?model=plain&\(Self.options)", Self.table(rows), status: 201)
        #expect(aligned["history"] == plain["history"])
    }

    @Test func emptyCellsOfAGridAreMissingValues() throws {
        let rows = (0..<60).filter { $0 % 20 != 19 }.map { Row($0) }
        let target = "/train?model=n&\(Self.options)&interval=1s"
        let problem = try send(target, Self.table(rows), status: 422)
        #expect(
            problem["detail"]?.string
                == "the resampled row of 2026-01-01T00:00:19 has no value for 'a'; set missing to previous, "
                + "linear or zero to fill gaps, or use a longer interval")
        _ = try send("\(target)&missing=linear", Self.table(rows), status: 201)
        let bomb = try send(
            "/train?model=n&\(Self.options)&interval=1us&max_gap=none", Self.table(rows), status: 422)
        #expect(bomb["detail"]?.string?.contains("use a longer interval") == true)
    }

    // MARK: Differences

    /// Counters of bytes from 4·10¹² in steps of about 1500, beside a and b.
    private static func counters(_ count: Int, from start: Double = 4e12, extra: Range<Int> = 0..<0) -> String
    {
        var total = start
        return "time,a,bytes\n"
            + (0..<count).map { index in
                total += 1500 + 100 * sin(Double(index) / 3).rounded() + (extra.contains(index) ? 40_000 : 0)
                return "\(time(Double(index))),\(sin(Double(index) / 3)),\(Int(total))\n"
            }.joined()
    }

    @Test func theRateOfACounterIsTheFeature() throws {
        let raw = try send("/train?model=raw&\(Self.options)", Self.counters(400), status: 201)
        #expect(codes(raw).contains("monotone_column"))
        let trained = try send(
            "/train?model=rate&\(Self.options)&difference=bytes", Self.counters(400), status: 201)
        #expect(!codes(trained).contains("monotone_column"))
        #expect(try api.get("/models/rate").json["difference"] == ["bytes"])
        // Normal rows are normal, wherever the counter stands, and so are rows after its restart.
        for start in [4e12, 7e12, 12, 4_294_967_296 - 40_000] as [Double] {
            let scores = try send("/score?model=rate", Self.counters(60, from: start))
            #expect(scores["events"] == [], "from \(start)")
            #expect(scores["rows"]?["scores"]?.array?.count == 60)
        }
        let burst = try send("/score?model=rate&combine=newest", Self.counters(60, extra: 40..<45))
        let events = try #require(burst["events"]?.array)
        #expect(events.count == 1 && events[0]["first_row"] == 40)
        #expect(events[0]["features"]?[0]?["name"] == "bytes")
        // Reconstructions are in the units of the rate.
        let reconstructed = try send("/reconstruct?model=rate", Self.counters(60))
        let windows = try #require(reconstructed["reconstructions"]?.array)
        let rates: [Double] = windows.flatMap { window in
            (window.array ?? []).compactMap { $0[1]?.double }
        }
        #expect(rates.allSatisfy { (1000...2000).contains($0) })
        #expect(rates.count == 8 * 52, "the first row has no difference")
    }

    @Test func aRestartOfACounterIsNoEvent() throws {
        _ = try send("/train?model=rate&\(Self.options)&difference=bytes", Self.counters(400), status: 201)
        let lines = Self.counters(60).split(separator: "\n")
        let restarted = Self.counters(60, from: 200).split(separator: "\n")
        let text = (lines[...30] + restarted[31...]).joined(separator: "\n")
        let scores = try send("/score?model=rate", text)
        #expect(scores["events"] == [])
        let warning = scores["warnings"]?.array?.first { $0["code"] == "counter_restart" }
        #expect(warning?["columns"] == ["bytes"] && warning?["rows"] == [[30, 30]])
    }

    @Test func differencesSurviveARestartAndAWarmStart() throws {
        let folder = try TemporaryFolder()
        let first = try API(.inProcess, folder: folder)
        func send(_ api: API, _ target: String, _ text: String) throws -> APIResponse {
            try api.post(target, text: text, fields: Self.csv)
        }
        let query = "\(Self.options)&difference=bytes&interval=1s&aggregate=last&max_gap=5s"
        #expect(try send(first, "/train?model=rate&\(query)", Self.counters(400)).status == 201)
        let before = try send(first, "/score?model=rate", Self.counters(60)).json
        let second = try API(.inProcess, folder: folder)
        #expect(try send(second, "/score?model=rate", Self.counters(60)).json == before)
        let warm = "/train?model=rate&warm_start=true&epochs=2&early_stopping=null"
        #expect(try send(second, warm, Self.counters(400)).status == 201)
        let model = try second.get("/models/rate").json
        #expect(model["version"] == 2 && model["difference"] == ["bytes"] && model["aggregate"] == "last")
        #expect(model["interval"] == "1s" && model["max_gap"] == "5s")
        let refused = try send(second, "\(warm)&difference=bytes", Self.counters(400))
        #expect(refused.status == 422 && refused.text.contains("is defined by version"))
    }

    @Test func windowsHaveNoDifferences() throws {
        let rows = JSON.array((0..<60).map { [.number(Double($0 * $0)), .number(sin(Double($0)))] })
        let training: JSON = [
            "model": "n", "series": rows, "timesteps": 4, "units": [2], "epochs": 1, "difference": ["0"],
        ]
        #expect(try api.post("/train", training).status == 201)
        let window: JSON = [[[1, 1], [4, 1], [9, 1], [16, 1]]]
        for path in ["/score", "/reconstruct", "/encode", "/layers"] {
            let response = try api.post(path, ["model": "n", "windows": window])
            #expect(response.status == 422)
            #expect(response.text.contains("takes differences of '0'"), "\(response.text)")
        }
        let tensor: JSON = [
            "name": "windows", "shape": [1, 4, 2], "datatype": "FP64", "data": [1, 1, 2, 1, 3, 1, 4, 1],
        ]
        let inference = try api.post("/v2/models/n/infer", ["inputs": [tensor]])
        #expect(inference.status == 400)
        #expect(inference.text.contains("takes differences"))
        let unknown = try api.post("/train", training.with(["difference": ["flow"]]))
        #expect(unknown.text.contains("there is no such feature"))
        let windows = try api.post(
            "/train", training.with(["series": nil, "timesteps": nil, "windows": window]))
        #expect(windows.text.contains("applies to rows"))
    }

    // MARK: Inspection

    @Test func aReportSaysWhatTrainingWouldRefuse() throws {
        let rows = (0..<60).map { Row($0) }
        let report = try send("/inspect", Self.table([rows[0]] + rows.reversed()))
        #expect(report["time"]?["order"] == "unordered" && report["time"]?["duplicates"] == 1)
        let warnings = try #require(report["warnings"]?.array)
        #expect(warnings.map { $0["code"] } == ["unordered", "duplicate_timestamps"])
        #expect(warnings.allSatisfy { $0["level"] == "error" })
        #expect(warnings[0]["message"]?.string?.contains("set order to sort") == true)
        let sorted = try send("/inspect?order=sort&duplicates=last", Self.table([rows[0]] + rows.reversed()))
        #expect(sorted["warnings"]?.array?.allSatisfy { $0["level"] == "info" } == true)
    }

    @Test func aReportChangesNothingThatTrainingWouldRefuse() throws {
        // Two rows have the time of the row before; their values are not averaged.
        var rows = (0..<60).map { Row($0) }
        rows[31] = Row(31, seconds: 30, adding: 100)
        rows[32] = Row(32, seconds: 30)
        let report = try send("/inspect", Self.table(rows))
        #expect(report["rows"] == 60 && report["time"]?["duplicates"] == 2)
        #expect(report["columns"]?[1]?["maximum"]?.double.map { $0 > 98 } == true)
        #expect(report["columns"]?[1]?["bad_rows"] == [31])
        let warning = try #require(report["warnings"]?.array?.first)
        #expect(warning["code"] == "duplicate_timestamps" && warning["level"] == "error")
        #expect(warning["rows"] == [[31, 32]])
        #expect(warning["message"]?.string?.contains("as in 1 more row;") == true)
        _ = try send("/train?model=n&\(Self.options)", Self.table(rows), status: 422)
    }

    /// Rows in a report, in warnings of a training and of scores are those of the request, whatever is done
    /// with them.
    @Test func rowsAreNamedAsTheyWereSent() throws {
        var rows = (0..<60).map { Row($0) }
        rows[40].a = 9999
        for (query, order, row) in [
            ("", rows, 40), ("order=sort", rows.reversed(), 19), ("interval=2s", rows, 41),
            ("interval=2s&order=sort", rows.reversed(), 18),
            ("duplicates=mean", [rows[0], rows[0]] + rows[1...], 41),
        ] {
            let report = try send("/inspect?\(query)", Self.table(Array(order)))
            #expect(report["columns"]?[1]?["bad_rows"] == [.integer(row)], "\(query)")
            let warning = report["warnings"]?.array?.first { $0["code"] == "outliers" }
            #expect(warning?["rows"] == [[.integer(row), .integer(row)]], "\(query)")
            #expect(warning?["message"]?.string?.contains("in row \(row) ") == true, "\(query)")
            let trained = try send(
                "/train?model=n&\(Self.options)&\(query)", Self.table(Array(order)), status: 201)
            let outliers = trained["warnings"]?.array?.first { $0["code"] == "outliers" }
            #expect(outliers?["rows"] == [[.integer(row), .integer(row)]], "\(query): \(outliers ?? nil)")
        }
        // Gaps as recordings end, in rows as they were sent.
        let gap = rows.filter { !(20..<30).contains(Int($0.seconds)) }
        for (query, order, row) in [("", gap, 20), ("order=sort", gap.reversed(), 29)] {
            let report = try send("/inspect?\(query)", Self.table(Array(order)))
            #expect(report["recordings"] == 2 && report["time"]?["gaps"] == 1)
            #expect(report["time"]?["gap_rows"] == [.integer(row)])
            let warning = report["warnings"]?.array?.first { $0["code"] == "gaps" }
            #expect(warning?["rows"] == [[.integer(row), .integer(row)]])
        }
        _ = try train()
        rows[40].a = 1e39
        let scores = try send("/score?model=m&order=sort", Self.table(rows.reversed()))
        let clamped = scores["warnings"]?.array?.first { $0["code"] == "clamped_values" }
        #expect(clamped?["rows"] == [[19, 19]])
        // A counter that starts again.
        let lines = Self.counters(60).split(separator: "\n")
        let restarted = Self.counters(60, from: 200).split(separator: "\n")
        let text = ([lines[0]] + (lines[1...30] + restarted[31...]).reversed()).joined(separator: "\n")
        let report = try send("/inspect?order=sort&difference=bytes", text)
        let restart = report["warnings"]?.array?.first { $0["code"] == "counter_restart" }
        #expect(restart?["rows"] == [[29, 29]])
        #expect(restart?["message"]?.string?.contains("in row 29.") == true)
    }

    @Test func emptyCellsOfAGridAreNoRowsOfTheRequest() throws {
        let rows = (0..<60).filter { !(20..<24).contains($0) }.map { Row($0) }
        let report = try send("/inspect?interval=1s&max_gap=none", Self.table(rows))
        #expect(report["rows"] == 60 && report["columns"]?[1]?["missing"]?.double.map { $0 > 0.06 } == true)
        #expect(report["columns"]?[1]?["bad_rows"] == [])
    }

    // MARK: Too few rows

    @Test func whatMadeARecordingTooShortIsSaid() throws {
        let rows = Self.table((0..<60).map { Row($0) })
        for (query, words) in [
            (
                "interval=1d",
                "a series of 1 row is shorter than one window of 8 timesteps (60 rows were resampled;"
            ),
            (
                "max_gap=0.5",
                "each of the 60 recordings is shorter than one window of 8 timesteps (recordings end "
                    + "at 59 gaps, see max_gap)"
            ),
        ] {
            let problem = try send("/train?model=n&\(Self.options)&\(query)", rows, status: 422)
            #expect(problem["detail"]?.string?.contains(words) == true, "\(problem)")
        }
        let eight = Self.table((0..<8).map { Row($0) })
        let problem = try send("/train?model=n&\(Self.options)&difference=a", eight, status: 422)
        #expect(
            problem["detail"]?.string?.contains("a series of 7 rows is shorter") == true
                && problem["detail"]?.string?.contains("first row of a recording has no difference") == true)
        _ = try send(
            "/train?model=n&\(Self.options)&difference=a", Self.table((0..<9).map { Row($0) }), status: 201)
    }

    @Test func shortRecordingsAreSaidWhereverThereAreSome() throws {
        func rows(_ range: Range<Int>) -> JSON {
            .array(range.map { [.number(sin(Double($0) / 3)), .number(Double(3 * $0))] })
        }
        let body: JSON = [
            "recordings": [rows(0..<40), rows(40..<41), rows(41..<90)], "timesteps": 8, "difference": ["1"],
        ]
        let training = body.with(["model": "d", "units": [2], "epochs": 1])
        let recordings = try #require(body["recordings"])
        let responses = [
            try api.post("/inspect", body), try api.post("/train", training),
            try api.post("/score", ["model": "d", "recordings": recordings]),
            try api.post("/encode", ["model": "d", "recordings": recordings]),
        ]
        for response in responses {
            let warning = try response.json["warnings"]?.array?.first { $0["code"] == "short_recordings" }
            // The row that was sent, although its difference is in no window.
            #expect(warning?["rows"] == [[40, 40]], "\(response.text.prefix(400))")
            #expect(warning?["message"]?.string?.hasPrefix("1 of 3 recordings is shorter") == true)
        }
    }

    // MARK: Intervals that vary

    @Test func aSuggestedIntervalCanBeSentToTrain() throws {
        let rows = (0..<120).map { Row($0, seconds: Double($0 / 4 * 20) + [0, 2, 5, 9][$0 % 4]) }
        let report = try send("/inspect", Self.table(rows))
        #expect(codes(report) == ["irregular_intervals"])
        let suggestions = try #require(report["suggestions"])
        #expect(suggestions["interval"] == "10s" || suggestions["interval"] == "5s", "\(suggestions)")
        #expect(suggestions["missing"] == "linear")
        let query = "interval=\(suggestions["interval"]?.string ?? "")&missing=linear"
        _ = try send("/train?model=n&\(Self.options)&\(query)", Self.table(rows), status: 201)
        let regular = try send("/inspect", Self.table((0..<120).map { Row($0) }))
        #expect(regular["suggestions"]?["interval"] == nil && regular["suggestions"]?["missing"] == nil)
    }
}
