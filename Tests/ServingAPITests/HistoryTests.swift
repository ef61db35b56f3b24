import APITesting
import Testing

/// `history=false` leaves the losses out of the response of a training.
@Suite struct HistoryTests {
    @Test(arguments: TransportKind.allCases) func theLossesAreLeftOutOnRequest(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        let whole = try api.post("/train", Small.training("m"))
        #expect(try whole.json["history"]?["loss"]?.array?.count == 1)
        #expect(try api.post("/train", Small.training("m", ["history": true])).json["history"] != nil)
        for short in [
            try api.post("/train", Small.training("m", ["history": false])),
            try api.post("/train?history=false", Small.training("m")),
            try api.post("/models/m/calibrate?history=false", ["series": Small.series]),
            try api.post("/models/m/feedback?history=false", ["series": Small.series, "normal": [[0, 4]]]),
        ] {
            #expect(short.status == 201, "\(short.text)")
            let json = try short.json
            #expect(json["history"] == nil && json["threshold"] != nil && json["warnings"] != nil)
        }
        let wrong = try api.post("/train", Small.training("m", ["history": "no"]))
        #expect(try wrong.status == 422 && wrong.json["pointer"] == "/history", "\(wrong.text)")
    }

    @Test func aRetryHasTheSameForm() throws {
        let api = try API(.inProcess)
        for _ in 0..<2 {
            let response = try api.post(
                "/train", text: "\(Small.training("m", ["history": false]))",
                fields: [(name: "Idempotency-Key", value: "one")])
            #expect(try response.status == 201 && response.json["history"] == nil, "\(response.text)")
        }
        #expect(try api.get("/models/m").json["version"] == 1)
    }

    @Test func theLastEventOfAStreamHasTheFormThatWasAskedFor() throws {
        let api = try API(.live)
        for (query, isWhole) in [("", true), ("?history=false", false)] {
            let response = try api.post(
                "/train\(query)", text: "\(Small.training("m"))",
                fields: [(name: "Accept", value: "text/event-stream")])
            let result = try #require(response.text.split(separator: "event: result\ndata: ").last)
            #expect(result.contains("\"history\":") == isWhole, "\(result)")
            #expect(result.contains("\"threshold\":"))
        }
    }
}
