import APITesting
import Testing

/// POST /compare: an autoencoder and a stacked network on the same data.
@Suite struct CompareTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    /// 300 rows of a wave, F 2. In rows 200 to 229, in the second half, the second feature is an anomaly.
    private static let series: JSON = .array(
        (0..<300).map { row in
            let wave = Double(row * 7 % 23) / 23
            return [.number(wave), .number((200..<230).contains(row) ? 3 : 1 - wave)]
        })
    private static let request: JSON = [
        "model": "wave", "series": series, "labels": [[200, 229]], "timesteps": 4, "units": [8, 4],
        "epochs": 30, "learning_rate": 0.01,
    ]

    private func compare(_ members: [String: JSON?] = [:]) throws -> JSON {
        let response = try api.post("/compare", Self.request.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func bothNetworksAreEvaluatedBesideTheBaselines() throws {
        let response = try compare(["seeds": [3, 4]])
        // The training windows lie in the first 150 rows; the test windows end in the other 150.
        #expect(response["training_windows"] == 147 && response["test_windows"] == 150)
        let detectors = try #require(response["detectors"]?.array)
        #expect(detectors.map { $0["detector"]?.string } == ["autoencoder", "stacked", "pca", "z_score"])
        for network in detectors.prefix(2) {
            let runs = try #require(network["runs"]?.array)
            #expect(runs.map { $0["seed"] } == [3, 4] && runs.map { $0["version"] } == [1, 2])
            let aucs = runs.compactMap { $0["roc_auc"]?.double }
            #expect(abs((aucs[0] + aucs[1]) / 2 - (network["roc_auc"]?.double ?? 0)) < 1e-9)
            #expect(try #require(network["roc_auc"]?.double) > 0.9)
        }
        #expect(detectors[0]["parameters"] == detectors[1]["parameters"])
        let verdict = try #require(response["verdict"])
        let best = try #require(detectors.max { ($0["roc_auc"]?.double ?? 0) < ($1["roc_auc"]?.double ?? 0) })
        #expect(verdict["metric"] == "roc_auc")
        // Several detectors may have the same area.
        let winner = detectors.first { $0["detector"] == verdict["best"] }
        #expect(winner?["roc_auc"] == best["roc_auc"])
        // One stretch of anomalies is too little.
        #expect(verdict["is_significant"]?.isNull == true && verdict["interval"]?.isNull == true)
        #expect(verdict["sentence"]?.string?.contains("nothing can be said about chance") == true)
    }

    /// POST /train and POST /evaluate give the same metrics.
    @Test func aComparisonEqualsTrainingAndEvaluatingSeparately() throws {
        let compared = try #require(try compare(["model": "one"])["detectors"]?[0])
        let rows = try #require(Self.series.array)
        let training = Self.request.with([
            "labels": nil, "series": .array(Array(rows[..<150])), "model": "two",
        ])
        #expect(try api.post("/train", training).status == 201)
        // The rows of the windows that end in the second half, which begins with row 150.
        let body: JSON = ["model": "two", "series": .array(Array(rows[147...])), "labels": [[53, 82]]]
        let evaluated = try api.post("/evaluate", body).json
        #expect(evaluated["rows"] == 153)
        #expect(compared["roc_auc"] == evaluated["roc_auc"] && evaluated["roc_auc"] != nil)
        #expect(compared["f1"] == evaluated["at_threshold"]?["f1"])
        #expect(compared["false_alarm_rate"] == evaluated["at_threshold"]?["false_alarm_rate"])
        // The comparison keeps its models.
        let (ours, theirs) = (
            try api.get("/models/one-autoencoder").json, try api.get("/models/two").json
        )
        #expect(ours["threshold"] == theirs["threshold"] && ours["loss"] == theirs["loss"])
    }

    @Test func knownAnomaliesAreNotTrainedOn() throws {
        let response = try compare(["labels": [[10, 19], [200, 229]]])
        // 13 windows contain a labelled row: those that start at one of the ten rows or at one of the three
        // rows before.
        #expect(response["training_windows"]?.int == 147 - 13)
        let none = try compare(["labels": nil])
        #expect(none["detectors"]?.array?.count == 2)
        #expect(none["detectors"]?[0]?["roc_auc"]?.isNull == true)
        #expect(try #require(none["detectors"]?[0]?["error"]?.double) > 0)
        #expect(none["verdict"]?["metric"] == "error")
        #expect(none["verdict"]?["interval"]?.array?.count == 2)
    }

    @Test func aSplitWithoutWindowsIsRefused() throws {
        let problem = try api.post("/compare", Self.request.with(["test_split": 0.99]))
        #expect(problem.status == 422)
        #expect(try problem.json["pointer"] == "/test_split")
        let twice = try api.post("/compare", Self.request.with(["architecture": "stacked"]))
        #expect(try twice.json["pointer"] == "/architecture")
    }

    /// The request of examples/article.json as it is: both networks reconstruct alike, as the article says.
    @Test func theArticlesRequestGivesTheArticlesResult() throws {
        let response = try api.post("/compare", Article.comparison)
        #expect(response.status == 200, "\(response.text)")
        let found = try response.json
        #expect(found["training_windows"] == 5 && found["test_windows"] == 5)
        let codes = found["warnings"]?.array?.map { $0["code"]?.string }
        #expect(codes?.contains("evaluated_on_training") == true)
        let sentence = try #require(found["verdict"]?["sentence"]?.string)
        #expect(sentence.contains("reconstruct alike"), "\(sentence)")
        #expect(found["verdict"]?["is_significant"]?.isNull == true)
        let detectors = try #require(found["detectors"]?.array)
        #expect(detectors.map { $0["parameters"]?.int } == [248_578, 248_578])
        #expect(detectors.allSatisfy { ($0["error"]?.double ?? 1) < 0.001 }, "\(detectors)")
    }

    /// Options of POST /train are those of both networks.
    @Test func theOptionsOfATrainingAreHonoured() throws {
        // temporalize leaves the first two rows out, as in the article.
        let temporal = try compare(["windowing": "temporalize", "labels": nil])
        #expect(temporal["training_windows"]?.int == 145 && temporal["test_windows"]?.int == 150)
        let stride = try compare(["stride": 3, "labels": nil])
        #expect(stride["training_windows"]?.int == 49)
        let seeded = try compare(["seed": 7, "model": "s", "labels": nil])
        #expect(seeded["detectors"]?[0]?["runs"]?[0]?["seed"] == 7)
        let both = try api.post("/compare", Self.request.with(["seed": 7, "seeds": [1]]))
        #expect(both.status == 422)
        #expect(try both.json["pointer"] == "/seed")
        let third = try compare(["test_split": 0.25, "labels": nil])
        #expect(third["training_windows"]?.int == 222 && third["test_windows"]?.int == 75)
        let all = try compare(["test_split": 0])
        #expect(all["test_windows"]?.int == 297 && all["training_windows"]?.int == 297 - 33)
        _ = try compare([
            "scaling": "minmax", "error_kind": "mae", "calibration_split": 0.3, "activation": "relu",
            "epochs": 2, "model": "o", "labels": nil,
        ])
        let model = try api.get("/models/o-stacked").json
        #expect(model["scaling"] == "minmax" && model["error_kind"] == "mae" && model["epochs"] == 2)
    }
}
