import APITesting
import Testing

/// Bad requests get a 4xx with a clear message, and the server continues to serve.
@Suite struct BadInputTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let path: String
        let body: String
        let status: Int
        let pointer: String?
        let detail: String
        var testDescription: String { name }
    }

    private static func train(_ members: String, data: String = "\"series\":[[1,2],[3,4],[5,6],[7,9]]")
        -> String
    {
        "{\"model\":\"m\",\(data),\"timesteps\":2,\"epochs\":1\(members)}"
    }

    private static func row(
        _ name: String, _ body: String, _ status: Int = 422, at pointer: String? = nil, says detail: String,
        path: String = "/train"
    ) -> Row {
        Row(name: name, path: path, body: body, status: status, pointer: pointer, detail: detail)
    }

    static let rows: [Row] = [
        row("not JSON", "{\"model\":", 400, says: "cut off"),
        row("empty body", "", 400, says: "empty"),
        row("deep nest", String(repeating: "[", count: 100_000), says: "32"),
        row("ragged", train("", data: "\"series\":[[1,2],[3]]"), at: "/series/1", says: "same length"),
        row("string", train("", data: "\"series\":[[1,\"x\"]]"), at: "/series/0/1", says: "string"),
        row(
            "null", train("", data: "\"series\":[[1,2],[3,null],[4,5]]"), at: "/series/1/1",
            says: "set missing to"),
        row("no data", "{\"model\":\"m\",\"timesteps\":2}", says: "series"),
        row(
            "misspelt data", "{\"model\":\"m\",\"serie\":[[1]]}", at: "/serie",
            says: "did you mean 'series'"),
        row("too short", train(",\"stride\":1", data: "\"series\":[[1,2]]"), at: "/series", says: "shorter"),
        row("units 0", train(",\"units\":[0]"), at: "/units/0", says: "must be"),
        row("units 10^9", train(",\"units\":[1000000000]"), at: "/units/0", says: "must be"),
        row("too many parameters", train(",\"units\":[100000]"), says: "parameters"),
        row(
            "learning rate that float32 rounds to 0", train(",\"learning_rate\":5e-324"),
            at: "/learning_rate",
            says: "float32"),
        row(
            "clip norm that float32 rounds to 0", train(",\"clip_norm\":1e-60"), at: "/clip_norm",
            says: "float32"),
        row(
            "threshold that float32 rounds to 0", train(",\"threshold\":1e-60"), at: "/threshold",
            says: "float32"),
        row("batch size 0", train(",\"batch_size\":0"), at: "/batch_size", says: "must be"),
        row("unknown member", train(",\"epoch\":3"), at: "/epoch", says: "did you mean 'epochs'?"),
        row("model name", "{\"model\":\"../x\"}", at: "/model", says: "a name is"),
        row(
            "layers", train(",\"layers\":[{\"type\":\"LSTM\",\"units\":2},{\"type\":\"LSTM\",\"units\":2}]"),
            at: "/layers/1", says: "'lstm_1' (LSTM) needs a sequence"),
        row(
            "val_loss", train(",\"early_stopping\":{\"monitor\":\"val_loss\"},\"validation_split\":0"),
            at: "/early_stopping/monitor",
            says: "'monitor' is 'val_loss', but validation_split is missing or 0"),
        row(
            "val_loss of a plateau", train(",\"reduce_lr_on_plateau\":{\"monitor\":\"val_loss\"}"),
            at: "/reduce_lr_on_plateau/monitor", says: "set validation_split, for example to 0.1"),
        row(
            "diverged",
            train(
                ",\"learning_rate\":1000000,\"activation\":\"relu\",\"scaling\":\"none\",\"batch_size\":1,"
                    + "\"epochs\":300",
                data: "\"series\":[[1e30,2],[3,4e30],[5,6]]"), says: "epoch"),
        row(
            "val_loss of no window", train(",\"validation_split\":1e-17,\"early_stopping\":{}"),
            at: "/validation_split",
            says: "selects none"),
        row(
            "more numbers than memory",
            train(
                ",\"layers\":[{\"type\":\"LSTM\",\"units\":1},{\"type\":\"RepeatVector\",\"n\":1048576}"
                    + ",{\"type\":\"LSTM\",\"units\":4000}]"),
            at: "/layers/2", says: "numbers for each window"),
        row("summary of nothing", "{}", at: "", says: "timesteps", path: "/summary"),
        row("object that is cut off", "{\"model\": \"m\", \"series\": [[1,", 400, says: "cut off"),
        row(
            "unknown model", "{\"model\":\"none\",\"windows\":[[[1]]]}", 404, says: "GET /models",
            path: "/encode"),
        row(
            "wrong T", "{\"model\":\"good\",\"windows\":[[[1,2]]]}", at: "/windows", says: "timesteps",
            path: "/reconstruct"),
        row(
            "wrong F", "{\"model\":\"good\",\"windows\":[[[1],[2]]]}", at: "/windows", says: "features",
            path: "/reconstruct"),
    ]

    @Test(arguments: TransportKind.allCases) func badBodiesAreRefusedAndTheServerStaysHealthy(
        transport: TransportKind
    ) throws {
        let server = try API(transport)
        let good = Self.train("").replacing("\"m\"", with: "\"good\"")
        #expect(try server.post("/train", text: good).status == 201)
        for row in Self.rows {
            let response = try server.post(row.path, text: row.body)
            #expect(response.status == row.status, "\(row.name): \(response.text)")
            #expect(response.mediaType == "application/problem+json", "\(row.name)")
            let problem = try response.json
            #expect(
                problem["detail"]?.string?.contains(row.detail) == true,
                "\(row.name): \(response.text)")
            #expect(problem["error"] == problem["detail"])
            if let pointer = row.pointer { #expect(problem["pointer"]?.string == pointer, "\(row.name)") }
        }
        #expect(try server.get("/models/m").status == 404, "a refused training must not leave a model")
        #expect(try server.get("/healthz").status == 200)
    }

    @Test(arguments: TransportKind.allCases) func badTargetsMethodsAndMediaTypesAreRefused(
        transport: TransportKind
    ) throws {
        let server = try API(transport)
        #expect(try server.get("/nothing").status == 404)
        #expect(try server.get("/summary").status == 400)
        #expect(try server.get("/models/x/versions/04").status == 400)
        let wrongMethod = try server.get("/train")
        #expect(wrongMethod.status == 405)
        #expect(wrongMethod["allow"] == "OPTIONS, POST")
        #expect(try server.get("/healthz", accept: "image/png").status == 406)
        // Content with the default Content-Type of curl is read as JSON if it begins like JSON.
        let form = [(name: "Content-Type", value: "application/x-www-form-urlencoded")]
        #expect(try server.post("/train", text: "a=1", fields: form).status == 415)
        #expect(
            try server.post("/train", text: "{\"model\": \"m\",", fields: form).status == 400,
            "a syntax error in JSON")
        #expect(try server.post("/train", text: "", fields: form).status == 400)
        #expect(try server.post("/train", text: Self.train(""), fields: form).status == 201)
        for field in [(name: "Content-Type", value: "text/xml"), (name: "Content-Encoding", value: "br")] {
            #expect(try server.post("/train", text: Self.train(""), fields: [field]).status == 415)
        }
    }
}
