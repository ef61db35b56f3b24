import APITesting
import RepriseClient
import Testing

/// The client's typed calls.
@Suite struct ClientTests {
    private let api: API
    private let client: RepriseClient

    init() throws {
        api = try API(.live)
        client = try RepriseClient(baseURL: #require(api.url), timeout: 60)
    }

    @Test func theLifeOfAModel() throws {
        var request = TrainRequest(model: "toy")
        request.series = (0..<20).map { row -> [Float?] in [Float(row % 3), Float(row % 4)] }
        request.series?[5][1] = nil
        request.timesteps = 2
        request.missing = "linear"
        request.featureNames = ["a", "b"]
        request.exclude = [[0, 1], [9, 9]]
        request.units = [3]
        request.epochs = 4
        request.validationSplit = 0.25
        request.earlyStopping = .init()
        request.earlyStopping?.patience = 10
        let trained = try client.train(request)
        #expect(trained.model == "toy" && trained.version == 1 && trained.encodingUnits == 3)
        #expect(trained.history.loss.count == 4 && trained.history.valLoss.count == 4)
        #expect(trained.featureNames == ["a", "b"])
        #expect(trained.thresholdSource == "validation")

        var data = WindowsRequest(model: "toy")
        data.windows = [[[0, -1], [0.5, 0]], [[0.5, 0], [1, 1]]]
        let answer = try client.reconstruct(data)
        #expect(answer.reconstructions.map(\.count) == [2, 2] && answer.errors.count == 2)
        #expect(try client.encode(data).encodings.map(\.count) == [3, 3])
        data.window = 1
        let layers = try client.layers(data)
        #expect(layers.inputs.map(\.count) == [2] && layers.featureNames == ["a", "b"])
        #expect(layers.layers[0].outputShape == [nil, 3] && layers.layers[0].outputs.numbers.count == 3)
        guard case .sequences(let copies) = layers.layers[1].outputs else {
            throw HarnessError("no sequence")
        }
        #expect(layers.layers[0].outputs == .vectors([copies[0][1]]))
        var series = ScoreRequest(model: "toy")
        series.version = "1"
        series.series = request.series?.map { $0.map { $0 ?? 0 } }
        series.include = ["windows", "rows", "events", "timesteps", "features"]
        series.featureNames = ["a", "b"]
        series.timestamps = (0..<20).map { $0 == 0 ? .text("start") : .number(1.5 * Double($0)) }
        let scores = try client.score(series)
        #expect(scores.windows?.count == 19 && scores.rows?.scores.count == 20)
        #expect(scores.windows?[0].timesteps?.count == 2 && scores.windows?[0].features?.count == 2)
        #expect(scores.rows?.timestamps == series.timestamps)
        #expect(scores.windows?[3].timestamp == .number(6) && "\(Timestamp.number(6))" == "6")
        #expect(scores.windows?[0].features.map { Set($0.map(\.name)) } == ["a", "b"])
        series.recordings = [series.series ?? [], series.series ?? []]
        (series.series, series.timestamps) = (nil, nil)
        #expect(try client.score(series).windows?.count == 38)
        let summary = try client.summary(of: "toy", version: 1)
        #expect(summary.parameters == trained.parameters && summary.layers[0].outputShape == [nil, 3])

        #expect(try client.models().map(\.model) == ["toy"])
        try client.delete("toy", version: 1)
        #expect(try client.models().isEmpty)
    }

    @Test func everyLayerIsUnderstood() throws {
        var request = SummaryRequest(timesteps: 4, features: 2)
        request.layers = [
            .bidirectional(.lstm(units: 3, activation: "relu", recurrentActivation: "hard_sigmoid")),
            .dropout(rate: 0.5), .dense(units: 5, activation: "tanh"), .repeatVector(4),
            .lstm(units: 2, returnSequences: true), .timeDistributed(.dense(units: 2)),
        ]
        let layers = try client.summary(request).layers
        #expect(
            layers.map(\.type)
                == ["Bidirectional", "Dropout", "Dense", "RepeatVector", "LSTM", "TimeDistributed"])
        #expect(
            layers.map(\.outputShape)
                == [[nil, 6], [nil, 6], [nil, 5], [nil, 4, 5], [nil, 4, 2], [nil, 4, 2]])
    }

    @Test func aRefusalIsInTheServersWords() throws {
        let error = #expect(throws: ClientError.self) { try client.delete("no/such model") }
        #expect(error?.description.contains("no/such model") == true, "\(error?.description ?? "")")
    }
}
