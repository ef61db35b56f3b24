import APITesting
import Testing

/// The modes `causal` and `whole` of scores of rows.
@Suite struct RowModeTests {
    private let api: API

    /// Two correlated features, except in the rows of the bump.
    private static func series(_ rows: Int, bumpAt bump: Range<Int> = 0..<0) -> JSON {
        .array(
            (0..<rows).map { row in
                let first = Double((row * 7) % 11) / 5
                return [.number(first), .number(1 - first + (bump.contains(row) ? 5 : 0))]
            })
    }

    init() throws {
        api = try API(.live)
        let training: JSON = [
            "model": "m", "series": Self.series(300), "timesteps": 4, "units": [4], "epochs": 20, "seed": 0,
        ]
        let response = try api.post("/train", training)
        #expect(response.status == 201, "\(response.text)")
        #expect(try response.json["error_kind"] == "level_spread")
    }

    private func post(_ path: String, _ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = ["model": "m", "series": Self.series(60, bumpAt: 30..<33)]
        let response = try api.post(path, body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func rowsOfASeriesAreWholeUnlessTheNewestWindowIsAskedFor() throws {
        let whole = try post("/score")
        #expect(whole["mode"] == "whole")
        let threshold = try #require(whole["threshold"]?.double)
        #expect(try #require(whole["row_threshold"]?.double) >= threshold)
        // Rows before the first window's end have a score too.
        #expect(whole["rows"]?["scores"]?[0]?.isNull == false)
        let causal = try post("/score", ["combine": "newest"])
        #expect(causal["mode"] == "causal" && causal["row_threshold"] == causal["threshold"])
        #expect(causal["rows"]?["scores"]?[0]?.isNull == true)
        // The windows have the same errors and scores in both.
        #expect(whole["windows"] == causal["windows"])
    }

    @Test func windowsAndTheLastWindowAreCausal() throws {
        let last = try post("/score", ["last": true])
        #expect(last["mode"] == "causal" && last["row_threshold"] == nil)
        #expect(try post("/score", ["include": ["windows"]])["mode"] == "causal")
    }

    @Test func smoothingIsTwoWindowsUnlessGiven() throws {
        let standard = try post("/score", ["include": ["rows"]])
        #expect(try post("/score", ["include": ["rows"], "smoothing": 8]) == standard)
        #expect(try post("/score", ["include": ["rows"], "combine": "mean"]) == standard)
        let none = try post("/score", ["include": ["rows"], "smoothing": 1])
        #expect(none != standard && none["mode"] == "whole")
        // The smoothed peak is lower.
        func peak(_ scores: JSON) throws -> Double {
            try #require(scores["rows"]?["scores"]?.array).compactMap(\.double).max() ?? 0
        }
        #expect(try peak(standard) < peak(none))
        let refused: JSON = ["model": "m", "series": Self.series(9), "combine": "newest", "smoothing": 8]
        let response = try api.post("/score", refused)
        #expect(response.status == 422)
        #expect(try response.json["pointer"] == "/smoothing")
        #expect(try api.post("/score", refused.with(["smoothing": 1])).status == 200)
    }

    @Test func evaluateReportsBothModes() throws {
        let labels = JSON.array((0..<60).map { .integer((30..<33).contains($0) ? 1 : 0) })
        let whole = try post("/evaluate", ["labels": labels])
        #expect(whole["mode"] == "whole" && whole["rows"] == 60)
        #expect(whole["modes"]?["whole"]?["roc_auc"] == whole["roc_auc"])
        #expect(whole["modes"]?["causal"]?["rows"] == 57)
        let causal = try post("/evaluate", ["labels": labels, "combine": "newest"])
        #expect(causal["mode"] == "causal" && causal["rows"] == 57)
        #expect(causal["modes"] == whole["modes"])
        #expect(causal["modes"]?["causal"]?["threshold"] == causal["threshold"])
    }

    /// A file keeps the errors of rows, and scores as the version that it was downloaded from.
    @Test func aFileKeepsTheModes() throws {
        let before = try post("/score")
        let file = try api.get("/models/m/model.safetensors")
        // A reader that does not know the components of the error must refuse the file.
        let header = String(decoding: file.body.prefix(4096), as: UTF8.self)
        #expect(header.contains(#"[\"level_spread\",\"subtracted\",\"robust\"]"#), "\(header)")
        let stored = try api.send(
            "PUT", "/models/copy/model.safetensors",
            fields: [(name: "Content-Type", value: "application/octet-stream")], body: file.body)
        #expect(stored.status == 201, "\(stored.text)")
        let after = try post("/score", ["model": "copy"])
        for member in ["mode", "threshold", "row_threshold", "windows", "rows", "events"] {
            #expect(after[member] == before[member], "\(member)")
        }
    }
}
