import APITesting
import Testing

/// Checks that the documented defaults are the server's: a request that sends every default has the same
/// result as one that sends none, and another value has another result.
@Suite struct DefaultTests {
    private let api: API
    private let description: APIDescription
    /// Two features and more rows than a batch has, without a pattern that hides the effect of an option.
    private let series: JSON = .array(
        (0..<48).map { row in [.number(Double(row * 7 % 11) / 3), .number(Double(row * row % 13) - 2)] })

    init() throws {
        api = try API(.inProcess)
        description = try APIDescription(api)
    }

    /// The response to a training, without the members that differ between any two trainings.
    private func result(_ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m", "series": series, "timesteps": 3]
        let response = try api.post("/train", body.with(members))
        #expect(response.status == 201, "\(response.text)")
        return try response.json.with(["version": nil, "seconds": nil, "created_at": nil])
    }

    /// The documented defaults of a schema's properties.
    private func defaults(_ schema: String) throws -> [String: JSON] {
        try description.schema(schema).mergedProperties.compactMapValues { try $0.keyword("default") }
    }

    @Test func trainingHasTheDocumentedDefaults() throws {
        let defaults = try defaults("TrainRequest")
        #expect(defaults.count == 22, "\(defaults.keys.sorted())")
        let plain = try result([:])
        #expect(try result(defaults) == plain)
        // Each option by itself changes the result, so the comparison above covers each default.
        let others: [String: JSON] = [
            "stride": 2, "windowing": "temporalize", "architecture": "stacked", "units": [64, 31],
            "activation": "relu", "recurrent_activation": "hard_sigmoid", "scaling": "minmax", "epochs": 99,
            "batch_size": 31, "learning_rate": 0.002, "loss": "mae", "validation_split": 0.1,
            "shuffle": false, "seed": 1, "warm_start": true, "quantile": 0.5,
            "history": false,
        ]
        for (name, value) in others {
            // Two epochs show every difference but that of `epochs` itself.
            let epochs: [String: JSON] = name == "epochs" ? [:] : ["epochs": 2]
            #expect(
                try result(epochs.merging([name: value]) { $1 }) != result(epochs),
                "\(name) makes no difference")
        }
        // These can only be seen in refusals: of data that are not these, and of `epochs` for a detector
        // without a network.
        #expect(
            Set(defaults.keys).subtracting(others.keys)
                == ["missing", "order", "duplicates", "strict", "detector"])
    }

    @Test func missingValuesAreRefusedByDefault() throws {
        // The default "error" can only be seen in a refusal.
        let body: JSON = ["model": "m", "series": [[1], [nil]], "timesteps": 1]
        #expect(try defaults("TrainRequest")["missing"] == "error")
        #expect(try api.post("/train", body).status == 422)
    }

    @Test func earlyStoppingHasTheDocumentedDefaults() throws {
        // A high learning rate makes the loss rise early.
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

    @Test func reducingTheLearningRateHasTheDocumentedDefaults() throws {
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
        // Compared with a patience of 1, which lowers the rate early and often; with the default it may never
        // fall.
        let eager = try reduced(["patience": 1])
        for (name, value) in others where name != "patience" {
            #expect(try reduced(["patience": 1, name: value]) != eager, "\(name) makes no difference")
        }
        #expect(eager != plain)
    }

    @Test func layersHaveTheDocumentedDefaults() throws {
        // Another return_sequences makes shapes that do not fit; other activations change the losses.
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

    @Test func summariesHaveTheDocumentedDefaults() throws {
        let body: JSON = ["timesteps": 3, "features": 2]
        let plain = try api.post("/summary", body)
        #expect(try api.post("/summary", body.with(defaults("SummaryRequest"))).body == plain.body)
        #expect(try api.post("/summary", body.with(["units": [64, 31]])).body != plain.body)
    }

    @Test func predictionsAndScoresHaveTheDocumentedDefaults() throws {
        #expect(try result(["epochs": 1])["model"] == "m")
        let body: JSON = ["model": "m", "series": series]
        let plain = try api.post("/reconstruct", body)
        #expect(plain.status == 200)
        #expect(try api.post("/reconstruct", body.with(defaults("ReconstructRequest"))).body == plain.body)
        #expect(try api.post("/reconstruct", body.with(["stride": 2])).body != plain.body)
        let scores = try api.post("/score", body)
        #expect(scores.status == 200)
        #expect(try api.post("/score", body.with(defaults("ScoreRequest"))).body == scores.body)
        let rule: [String: JSON] = try defaults("EventRule")
        #expect(try api.post("/score", body.with(["events": .object(rule)])).body == scores.body)
    }
}
