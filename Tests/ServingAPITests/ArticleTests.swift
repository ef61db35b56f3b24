import APITesting
import Testing

/// The example of the article, from training to reconstruction, encoding and summary, and the life cycle of
/// its versions.
@Suite struct ArticleTests {
    /// The mean absolute error of the reconstructions of the article's five windows.
    private func meanAbsoluteError(_ api: API, _ model: String) throws -> Double {
        let response = try api.post("/reconstruct", ["model": .string(model), "windows": Article.windows])
        let found = try #require(response.json["reconstructions"]).numbers
        let expected = Article.windows.numbers
        try #require(found.count == 30 && expected.count == 30)
        return zip(found, expected).map { abs($0 - $1) }.reduce(0, +) / 30
    }

    @Test(arguments: 0..<10) func theArticlesWindowsAreReconstructed(seed: Int) throws {
        let api = try API(seed == 0 ? .live : .inProcess)
        let trained = try api.post("/train", Article.training("toy", seed: seed))
        #expect(trained.status == 201)
        #expect(trained["location"] == "/models/toy/versions/1")
        #expect(try trained.json["parameters"]?.int == 248578)
        #expect(try meanAbsoluteError(api, "toy") <= 0.02)
    }

    @Test(arguments: TransportKind.allCases) func theArticlesEncodingAndSummaryAreReproduced(
        transport: TransportKind
    ) throws {
        let api = try API(transport)
        #expect(try api.post("/train", Article.training("toy")).status == 201)
        let windows = try #require(Article.windows[0])
        let encoded = try api.post("/encode", ["model": "toy", "windows": [windows]]).json
        #expect(encoded["encodings"]?.array?.map { $0.numbers.count } == [64])
        let summary = try api.get("/summary?model=toy").json
        let layers = try #require(summary["layers"]?.array)
        #expect(layers.map { $0["parameters"]?.int } == [67072, 49408, 0, 33024, 98816, 258])
        #expect(summary["parameters"]?.int == 248578)
        let table = try api.get("/summary?model=toy", accept: "text/plain").text
        #expect(
            table.contains("│ repeat_vector (RepeatVector)    │ (None, 3, 64)          │             0 │"))
        #expect(table.contains(" Total params: 248,578 (971.01 KB)"))
    }

    @Test(arguments: TransportKind.allCases) func versionNumbersAreNeverReused(transport: TransportKind)
        throws
    {
        let api = try API(transport)
        #expect(try api.post("/train", Small.training("m")).json["version"] == 1)
        #expect(try api.post("/train", Small.training("m")).json["version"] == 2)
        #expect(try api.delete("/models/m/versions/2").status == 204)
        #expect(try api.post("/train", Small.training("m")).json["version"] == 3)
        #expect(try api.delete("/models/m").status == 204)
        #expect(try api.post("/train", Small.training("m")).json["version"] == 4)
    }

    @Test(arguments: ["version=%2B4", "version=04", "version=0", "version=4&version=4", "model=m", "v=4"])
    func aBadQueryIsRefused(query: String) throws {
        let api = try API(.inProcess)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        #expect(try api.get("/summary?model=m&\(query)").status == 400)
    }

    @Test(arguments: TransportKind.allCases) func aStackedNetworkHasNoEncoding(transport: TransportKind)
        throws
    {
        let api = try API(transport)
        let trained = try api.post("/train", Article.training("regular", architecture: "stacked"))
        #expect(trained.status == 201)
        #expect(try trained.json["parameters"]?.int == 248578)
        #expect(try meanAbsoluteError(api, "regular") <= 0.02)
        let refused = try api.post("/encode", ["model": "regular", "windows": [[[0.3, 0.027]]]])
        #expect(refused.status == 409)
        #expect(refused.mediaType == "application/problem+json")
        #expect(try refused.json["detail"]?.string?.contains("no encoding") == true)
    }

    @Test(arguments: TransportKind.allCases) func aNetworkOfCustomLayersTrains(transport: TransportKind)
        throws
    {
        let api = try API(transport)
        let trained = try api.post(
            "/train",
            [
                "model": "own", "series": Article.series, "timesteps": 3, "epochs": 2,
                "layers": [
                    ["type": "Bidirectional", "layer": ["type": "LSTM", "units": 5]],
                    ["type": "Dropout", "rate": 0.1], ["type": "RepeatVector", "n": 3],
                    ["type": "LSTM", "units": 4, "return_sequences": true],
                    ["type": "TimeDistributed", "layer": ["type": "Dense", "units": 2]],
                ],
            ])
        #expect(trained.status == 201, "\(trained.text)")
        let layers = try #require(api.get("/summary?model=own").json["layers"]?.array)
        #expect(
            layers.compactMap { $0["type"]?.string }
                == ["Bidirectional", "Dropout", "RepeatVector", "LSTM", "TimeDistributed"])
    }

    @Test(arguments: TransportKind.allCases) func equalRequestsGiveBitIdenticalModels(
        transport: TransportKind
    ) throws {
        let api = try API(transport)
        let first = try api.post("/train", Article.training("toy")).json
        let second = try api.post("/train", Article.training("toy")).json
        #expect(second["version"] == 2)
        #expect(first["history"] == second["history"])
        // After the latest version is deleted, the one before it is the latest.
        #expect(try api.delete("/models/toy/versions/2").status == 204)
        #expect(try api.get("/models/toy").json["version"] == 1)
        #expect(try api.delete("/models/toy").status == 204)
        #expect(try api.get("/models/toy").status == 404)
    }
}
