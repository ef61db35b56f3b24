import APITesting
import DataFormats
import ModelStore
import Testing

/// POST /models/{model}/feedback as a request: a job, columns of flags, and what it refuses.
@Suite struct FeedbackRequestTests {
    @Test(arguments: TransportKind.allCases) func itIsAJob(_ transport: TransportKind) throws {
        let api = try FeedbackExample.trained(transport)
        let body = "\(JSON.object(["series": FeedbackExample.series(60, seed: 6), "normal": [[0, 59]]]))"
        let path = "/models/m/feedback"
        let accepted = try api.post(path, text: body, fields: [(name: "Prefer", value: "respond-async")])
        #expect(accepted.status == 202, "\(accepted.text)")
        #expect(try accepted.json["kind"] == "feedback" && accepted.json["epochs"] == 0)
        let location = try #require(accepted["location"])
        var job = try api.get(location).json
        while job["state"] == "queued" || job["state"] == "running" { job = try api.get(location).json }
        #expect(job["state"] == "succeeded" && job["result"]?["version"] == 2)
        #expect(job["result"]?["feedback"]?["version"] == 1)

        // After a lost response, the same request does not make another version.
        let key = [(name: "Idempotency-Key", value: "k")]
        let first = try api.post(path, text: body, fields: key)
        #expect(try first.status == 201 && first.json["version"] == 3, "\(first.text)")
        #expect(first["location"] == "/models/m/versions/3")
        #expect(try api.post(path, text: body, fields: key).json["version"] == 3)
        #expect(try api.get("/models/m").json["versions"] == [1, 2, 3])
        #expect(try api.get("/models/m").json["threshold_windows"] == first.json["threshold_windows"])
        // The key covers the path: a calibration with it is another request.
        #expect(try api.post("/models/m/calibrate", text: body, fields: key).status == 422)
        #expect(try api.post("/models/other/feedback", text: body, fields: key).status == 422)
        guard transport == .live else { return }
        let events = try api.post(path, text: body, fields: [(name: "Accept", value: "text/event-stream")])
        #expect(events.text.contains("event: job\n") && events.text.contains("event: result\n"))
        #expect(events.text.contains("\"version\":4"))
    }

    /// A server that has not seen the request knows the version that it has made.
    @Test func aRetryAfterARestartFindsTheVersion() throws {
        let folder = try TemporaryFolder()
        let key = [(name: "Idempotency-Key", value: "k")]
        let body = "\(JSON.object(["series": FeedbackExample.series(60, seed: 6), "normal": [[0, 59]]]))"
        for _ in 0..<2 {
            let api = try API(.inProcess, folder: folder)
            if try api.get("/models/m").status == 404 {
                try api.created("/train", FeedbackExample.training())
            }
            let response = try api.post("/models/m/feedback", text: body, fields: key)
            #expect(try response.status == 201 && response.json["version"] == 2, "\(response.text)")
            #expect(try api.get("/jobs").json["jobs"]?[0]?["kind"] == "feedback")
        }
    }

    @Test func theWorkForOneRequestIsBounded() throws {
        let folder = try TemporaryFolder()
        try API(.inProcess, folder: folder).created("/train", FeedbackExample.training())
        var limits = RuntimeLimits()
        limits.maxPredictionMultiplications = 100_000
        let api = try API(.inProcess, runtime: limits, folder: folder)
        let data = FeedbackExample.series(2000, seed: 6)
        let scored = try api.post("/score", ["model": "m", "series": data, "include": ["windows"]])
        let response = try api.post("/models/m/feedback", ["series": data, "normal": [[0, 59]]])
        #expect(scored.status == 422 && response.status == 422, "\(response.text)")
        #expect(try response.json["detail"] == scored.json["detail"], "\(response.text)")
    }

    @Test func itsComputationIsCounted() throws {
        let api = try FeedbackExample.trained()
        _ = try api.feedback(["series": FeedbackExample.series(60, seed: 6), "normal": [[0, 59]]])
        let text = try api.get("/metrics").text
        let name = "reprise_inference_windows_total{model=\"m\",version=\"1\"}"
        #expect(text.contains("\(name) 57"), "57 windows of 4 rows")
    }

    /// A CSV file with a column for each mark, and with one for anomalies alone.
    @Test func columnsOfCSVMarkRows() throws {
        let api = try FeedbackExample.trained()
        let rows = FeedbackExample.rows(60, seed: 5)
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

    /// Neither column of flags is a feature, whatever the format.
    @Test func columnsOfAnArrayMarkRows() throws {
        let api = try FeedbackExample.trained()
        let rows = FeedbackExample.rows(60, seed: 5)
        let values = rows.enumerated().flatMap { row, values in
            [(10..<30).contains(row) ? 1 : 0, values[0], values[1], (40..<50).contains(row) ? 1 : 0]
                .map(Float.init)
        }
        let npy = [(name: "Content-Type", value: "application/x-npy")]
        func send(_ query: String) throws -> APIResponse {
            try api.send(
                "POST", "/models/m/feedback?version=1&\(query)", fields: npy,
                body: NumPyArray.encode(values[...], shape: [60, 4]))
        }
        let byColumn = try send("normal=0&anomalous=3")
        #expect(byColumn.status == 201, "\(byColumn.text)")
        let marked: [String: JSON?] = [
            "series": FeedbackExample.json(rows.map { $0.map { Double(Float($0)) } }),
            "normal": [[10, 29]], "anomalous": [[40, 49]], "version": 1,
        ]
        let byRanges = try api.feedback(marked)
        #expect(try byColumn.json["threshold"] == byRanges["threshold"])
        let roles = try byColumn.json["data"]?["columns"]?.array?.map { $0["role"]?.string }
        #expect(roles == ["label", "feature", "feature", "label"])
        let twice = try send("normal=0&anomalous=0&ignore=3")
        #expect(twice.status == 422 && twice.text.contains("as \\\"normal\\\" does"), "\(twice.text)")
    }

    private static let refused: [(members: [String: JSON?], status: Int, place: String)] = [
        (["series": FeedbackExample.series(20, seed: 1)], 422, "normal"),
        (["series": FeedbackExample.series(20, seed: 1), "normal": [[5, 30]]], 422, "0 to 19"),
        (
            ["series": FeedbackExample.series(20, seed: 1), "normal": [[5, 9]], "anomalous": [[9, 10]]], 422,
            "row 9"
        ),
        (["series": FeedbackExample.series(3, seed: 1), "normal": [[0, 1]]], 422, "4 timesteps"),
        (["series": [[1]], "normal": [[0, 0]]], 422, "must have 2"),
        (["windows": [[[1, 2], [1, 2], [1, 2], [1, 2]]], "normal": [[0, 0]]], 422, "rows"),
        (
            [
                "series": FeedbackExample.series(20, seed: 1), "normal": [[5, 9]], "quantile": 0.9,
                "sigmas": 2,
            ], 422,
            "both present"
        ),
        (
            ["series": FeedbackExample.series(20, seed: 1), "normal": [[5, 9]], "threshold": 1], 422,
            "threshold"
        ),
        (["series": FeedbackExample.series(20, seed: 1), "normal": [[5, 9]], "version": 7], 404, "7"),
    ]

    @Test(arguments: refused.indices) func whatDoesNotFitIsRefused(_ index: Int) throws {
        let api = try FeedbackExample.trained()
        let (members, status, place) = Self.refused[index]
        let response = try api.post("/models/m/feedback", JSON.object([:]).with(members))
        #expect(response.status == status, "\(response.text)")
        #expect(try response.json["detail"]?.string?.contains(place) == true, "\(response.text)")
        #expect(try api.get("/models/m").json["versions"] == [1])
    }

    /// The rows of messages are those that were sent, and what a grid makes of rows does not clash.
    @Test func rowsAreThoseThatWereSent() throws {
        let times: JSON = .array((0..<1000).map { .integer(1_767_225_600 + $0) })
        let api = try FeedbackExample.trained(.inProcess, ["timestamps": times, "interval": "2s"])
        let data: [String: JSON?] = ["series": FeedbackExample.series(1000, seed: 2), "timestamps": times]
        // Rows 500 and 501 are in one cell of the grid.
        let side = try api.feedback(
            data.merging(["normal": [[400, 500]], "anomalous": [[501, 599]]]) { $1 })
        #expect(side["feedback"]?["anomalous_windows"] == 53, "50 cells and the windows that reach them")
        #expect(side["feedback"]?["normal_windows"] == 50, "the anomalous row decides about its cell")
        let warning = try #require(
            side["warnings"]?.array?.first { $0["code"] == "missed_anomalies" }, "\(side)")
        #expect(warning["rows"]?[0]?[0] == 501 && warning["rows"]?[49]?[1] == 599, "\(warning)")
        let both = try api.post(
            "/models/m/feedback",
            JSON.object([:]).with(data.merging(["normal": [[0, 500]], "anomalous": [[500, 510]]]) { $1 }))
        #expect(both.status == 422 && both.text.contains("both have row 500"), "\(both.text)")
    }
}
