import APITesting
import Testing

/// The defaults of the document are those of the server: to send them all is the same as to send none.
@Suite struct DefaultTests {
    private let api: API
    private let description: APIDescription
    /// More than one batch, two features, and a hint of noise, so that each option makes a difference.
    private let series: JSON = .array(
        (0..<48).map { row in [.number(Double(row * 7 % 11) / 3), .number(Double(row * row % 13) - 2)] })

    init() throws {
        api = try API(.inProcess)
        description = try APIDescription(api)
    }

    /// What training makes of a body, without what differs between any two trainings.
    private func result(_ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m", "series": series, "timesteps": 3]
        let answer = try api.post("/train", body.with(members))
        #expect(answer.status == 201, "\(answer.text)")
        return try answer.json.with(["version": nil, "seconds": nil, "created_at": nil])
    }

    private func defaults(_ schema: String) throws -> [String: JSON] {
        try description.schema(schema).resolved.properties.compactMapValues { try $0.keyword("default") }
    }

    @Test func ofTraining() throws {
        let defaults = try defaults("TrainRequest")
        #expect(defaults.count == 17, "\(defaults.keys.sorted())")
        let plain = try result([:])
        #expect(try result(defaults) == plain)
        // Each of them by itself would have been noticed.
        let others: [String: JSON] = [
            "stride": 2, "windowing": "temporalize", "architecture": "stacked", "units": [64, 31],
            "activation": "relu", "recurrent_activation": "hard_sigmoid", "scaling": "minmax", "epochs": 99,
            "batch_size": 31, "learning_rate": 0.002, "loss": "mae", "validation_split": 0.1,
            "shuffle": false, "seed": 1, "warm_start": true, "quantile": 0.5,
        ]
        for (name, value) in others {
            // Enough epochs to tell, but for the test of their number itself.
            let epochs: [String: JSON] = name == "epochs" ? [:] : ["epochs": 2]
            #expect(
                try result(epochs.merging([name: value]) { $1 }) != result(epochs),
                "\(name) makes no difference")
        }
        #expect(Set(defaults.keys).subtracting(others.keys) == ["missing"])
    }

    @Test func ofMissingValues() throws {
        // "error" shows in an error only.
        let body: JSON = ["model": "m", "series": [[1], [nil]], "timesteps": 1]
        #expect(try defaults("TrainRequest")["missing"] == "error")
        #expect(try api.post("/train", body).status == 422)
    }

    @Test func ofEarlyStopping() throws {
        // A high learning rate makes the loss rise soon.
        let base: [String: JSON] = [
            "units": [4], "epochs": 30, "validation_split": 0.4, "learning_rate": 0.1, "scaling": "minmax",
        ]
        func stopped(_ stopping: JSON) throws -> JSON {
            try result(base.merging(["early_stopping": stopping]) { $1 })
        }
        let defaults = try defaults("EarlyStopping")
        #expect(defaults.count == 4)
        let plain = try stopped([:])
        #expect(try stopped(.object(defaults)) == plain)
        let others: [String: JSON] = [
            "patience": 5, "min_delta": 1000, "monitor": "loss", "restore_best_weights": true,
        ]
        #expect(Set(defaults.keys) == Set(others.keys))
        for (name, value) in others {
            #expect(try stopped([name: value]) != plain, "\(name) makes no difference")
        }
    }

    @Test func ofReducingTheLearningRate() throws {
        let base: [String: JSON] = [
            "units": [4], "epochs": 30, "validation_split": 0.4, "learning_rate": 0.1, "scaling": "minmax",
        ]
        func reduced(_ plateau: JSON) throws -> JSON {
            try result(base.merging(["reduce_lr_on_plateau": plateau]) { $1 })
        }
        let defaults = try defaults("ReduceLROnPlateau")
        let plain = try reduced([:])
        #expect(try reduced(.object(defaults)) == plain)
        let others: [String: JSON] = [
            "monitor": "loss", "factor": 0.5, "patience": 1, "min_delta": 1000, "cooldown": 5, "min_lr": 0.09,
        ]
        #expect(Set(defaults.keys) == Set(others.keys))
        // Against a rate that falls soon and often: with all the defaults it may never.
        let eager = try reduced(["patience": 1])
        for (name, value) in others where name != "patience" {
            #expect(try reduced(["patience": 1, name: value]) != eager, "\(name) makes no difference")
        }
        #expect(eager != plain)
    }

    @Test func ofLayers() throws {
        // return_sequences is seen in the shapes, activations in the losses.
        func trained(_ lstm: JSON, _ dense: JSON) throws -> JSON {
            try result([
                "epochs": 2,
                "layers": [lstm, ["type": "RepeatVector", "n": 3], dense],
            ])
        }
        let (lstm, dense): (JSON, JSON) = (["type": "LSTM", "units": 3], ["type": "Dense", "units": 2])
        let plain = try trained(lstm, dense)
        #expect(try trained(lstm.with(defaults("LSTM")), dense.with(defaults("Dense"))) == plain)
        #expect(try trained(lstm.with(["activation": "relu"]), dense) != plain)
        #expect(try trained(lstm.with(["recurrent_activation": "hard_sigmoid"]), dense) != plain)
        #expect(try trained(lstm, dense.with(["activation": "tanh"])) != plain)
    }

    @Test func ofSummaries() throws {
        let body: JSON = ["timesteps": 3, "features": 2]
        let plain = try api.post("/summary", body)
        #expect(try api.post("/summary", body.with(defaults("SummaryRequest"))).body == plain.body)
        #expect(try api.post("/summary", body.with(["units": [64, 31]])).body != plain.body)
    }

    @Test func ofPredictions() throws {
        #expect(try result(["epochs": 1])["model"] == "m")
        let body: JSON = ["model": "m", "series": series]
        let plain = try api.post("/reconstruct", body)
        #expect(plain.status == 200)
        #expect(try api.post("/reconstruct", body.with(defaults("WindowsRequest"))).body == plain.body)
        #expect(try api.post("/reconstruct", body.with(["stride": 2])).body != plain.body)
        let scores = try api.post("/score", body)
        #expect(scores.status == 200)
        #expect(try api.post("/score", body.with(defaults("ScoreRequest"))).body == scores.body)
        let rule: [String: JSON] = try defaults("EventRule")
        #expect(try api.post("/score", body.with(["events": .object(rule)])).body == scores.body)
    }
}
