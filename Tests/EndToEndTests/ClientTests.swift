import APITesting
import RepriseClient
import Testing

/// The calls of the client.
@Suite struct ClientTests {
    private let api: API
    private let client: RepriseClient

    init() throws {
        api = try API(.live)
        client = try RepriseClient(baseURL: #require(api.url), timeout: 60)
    }

    @Test func aModelIsTrainedUsedAndDeleted() throws {
        let rows = (0..<20).map { row -> [Float?] in [Float(row % 3), row == 5 ? nil : Float(row % 4)] }
        let trained = try client.train(
            .json(encoding: [
                "model": "toy", "series": rows, "timesteps": 2, "missing": "linear",
                "feature_names": ["a", "b"], "exclude": [[0, 1], [9, 9]], "units": [3], "epochs": 4,
                "validation_split": 0.25, "early_stopping": ["patience": 10],
            ]))
        #expect(trained.model == "toy" && trained.version == 1 && trained.encodingUnits == 3)
        #expect(trained.history.loss.count == 4 && trained.history.valLoss.count == 4)
        #expect(trained.featureNames == ["a", "b"])
        #expect(trained.thresholdSource == "validation")

        let windows = [[[0, -1], [0.5, 0]], [[0.5, 0], [1, 1]]]
        let data = try RequestContent.json(encoding: ["model": "toy", "windows": windows])
        let reconstructed = try client.reconstruct(data)
        #expect(reconstructed.reconstructions.map(\.count) == [2, 2] && reconstructed.errors.count == 2)
        #expect(try client.encode(data).encodings.map(\.count) == [3, 3])
        let layers = try client.layers(.json(encoding: ["model": "toy", "windows": windows, "window": 1]))
        #expect(layers.inputs.map(\.count) == [2] && layers.featureNames == ["a", "b"])
        #expect(layers.layers[0].outputShape == [nil, 3] && layers.layers[0].outputs.numbers.count == 3)
        guard case .sequences(let copies) = layers.layers[1].outputs else {
            throw HarnessError("the second layer does not return sequences")
        }
        #expect(layers.layers[0].outputs == .vectors([copies[0][1]]))
        let summary = try client.summary(of: "toy", version: "1")
        #expect(summary.parameters == trained.parameters && summary.layers[0].outputShape == [nil, 3])

        let calibrated = try client.calibrate(
            "toy", .json(encoding: ["windows": windows, "threshold": 2] as [String: any Encodable]))
        #expect(calibrated.version == 2 && calibrated.threshold == 2)
        #expect(calibrated.calibration?.version == 1 && calibrated.calibration?.windows == 2)
        try client.delete("toy", version: 2)

        let series = [[0, -1], [0.5, 0], [1, 1], [0.5, 0]]
        let revised = try client.feedback(
            "toy", .json(encoding: ["series": series, "normal": [[0, 3]]] as [String: any Encodable]))
        #expect(revised.version == 3 && revised.feedback?.version == 1)
        #expect(revised.feedback?.normalWindows == 3)
        try client.delete("toy", version: 3)

        #expect(try client.models().map(\.model) == ["toy"])
        try client.delete("toy", version: 1)
        #expect(try client.models().isEmpty)
    }

    static let timestamps = [
        (0..<20).map { Timestamp.number(1.5 * Double($0)) },
        (10..<30).map { Timestamp.text("2026-01-01 00:00:\($0)") },
    ]

    @Test(arguments: timestamps) func scoresHaveTheTimestampsOfTheRequest(_ timestamps: [Timestamp]) throws {
        _ = try client.train(.json(Array("\(Small.training("toy"))".utf8)))
        let rows = (0..<20).map { [Float($0 % 3), Float($0 % 4)] }
        let include = ["windows", "rows", "events", "timesteps", "features"]
        let names = ["a", "b"]
        let scores = try client.score(
            .json(encoding: [
                "model": "toy", "version": "1", "series": rows, "include": include, "timestamps": timestamps,
                "feature_names": names,
            ]))
        #expect(scores.windows?.count == 19 && scores.rows?.scores.count == 20)
        #expect(scores.windows?[0].timesteps?.count == 2 && scores.windows?[0].features?.count == 2)
        #expect(scores.rows?.timestamps == timestamps)
        #expect(scores.windows?[3].timestamp == timestamps[4] && "\(Timestamp.number(6))" == "6")
        let recordings = try client.score(
            .json(encoding: ["model": "toy", "recordings": [rows, rows], "feature_names": names]))
        #expect(recordings.windows?.count == 38)
    }

    @Test func membersAreSentAsTheyAre() throws {
        let lstm: JSON = [
            "type": "LSTM", "units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid",
        ]
        let layers: JSON = [
            ["type": "Bidirectional", "layer": lstm], ["type": "Dropout", "rate": 0.5],
            ["type": "Dense", "units": 5, "activation": "tanh"], ["type": "RepeatVector", "n": 4],
            ["type": "LSTM", "units": 2, "return_sequences": true],
            ["type": "TimeDistributed", "layer": ["type": "Dense", "units": 2]],
        ]
        let summary = try client.summary(
            .json([
                "timesteps": RequestValue(4), "features": RequestValue(2),
                "layers": .json(Array("\(layers)".utf8)),
            ]))
        #expect(
            summary.layers.map(\.type)
                == ["Bidirectional", "Dropout", "Dense", "RepeatVector", "LSTM", "TimeDistributed"])
        #expect(
            summary.layers.map(\.outputShape)
                == [[nil, 6], [nil, 6], [nil, 5], [nil, 4, 5], [nil, 4, 2], [nil, 4, 2]])
    }

    @Test func anErrorHasTheDetailOfTheProblem() throws {
        let unknown = #expect(throws: ClientError.self) { try client.delete("no/such model") }
        #expect(unknown?.description.contains("no/such model") == true, "\(unknown?.description ?? "")")
        #expect(unknown?.status == 404)
        let invalid = #expect(throws: ClientError.self) {
            try client.summary(.json(encoding: ["timesteps": 0, "features": 2]))
        }
        #expect(invalid?.status == 422 && invalid?.pointer == "/timesteps")
        let number = #expect(throws: ClientError.self) {
            try client.summary(.json(encoding: ["timesteps": Double.nan]))
        }
        #expect(number?.status == nil && number?.description.contains("NaN") == true)
    }
}
