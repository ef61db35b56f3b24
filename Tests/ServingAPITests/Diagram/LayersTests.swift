import APITesting
import ModelStore
import Testing

/// The outputs of layers, as numbers and as heat maps. NeuralNetworkTests and Tests/clients compare the
/// numbers with those of Keras.
@Suite struct LayersTests {
    private let api: API
    private let rows = Small.series

    init() throws {
        api = try API(.inProcess)
        let training = Small.training("m", ["units": [5, 3], "scaling": "standard", "epochs": 3])
        #expect(try api.post("/train", training).status == 201)
    }

    private func layers(_ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = ["model": "m", "series": rows]
        let response = try api.post("/layers", body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func eachLayerOfTheSummaryHasItsOutputs() throws {
        let response = try layers()
        #expect(response["model"] == "m" && response["version"] == 1)
        let layers = try #require(response["layers"]?.array)
        let summary = try #require(api.get("/summary?model=m").json["layers"]?.array)
        #expect(layers.map { $0.with(["outputs": nil]) } == summary.map { $0.with(["parameters": nil]) })
        for layer in layers {
            // The first axis is the 9 windows, the others are those of the shape.
            let shape = try #require(layer["output_shape"]?.array).map { $0.int ?? 9 }
            var level = [try #require(layer["outputs"])]
            for size in shape {
                #expect(level.allSatisfy { $0.array?.count == size })
                level = level.flatMap { $0.array ?? [] }
            }
            #expect(level.allSatisfy { $0.double != nil })
        }
    }

    @Test func outputsEqualTheEncodingsAndReconstructionsOfTheOtherRoutes() throws {
        let response = try layers()
        let body: JSON = ["model": "m", "series": rows]
        let layers = try #require(response["layers"]?.array)
        #expect(try layers[1]["outputs"] == api.post("/encode", body).json["encodings"])
        // RepeatVector has its copies here, although reconstructing does not make them.
        let copies = try #require(layers[2]["outputs"]?.array)
        #expect(copies.map { $0[0] } == layers[1]["outputs"]?.array)
        #expect(copies.map { $0[1] } == layers[1]["outputs"]?.array)
        // Inputs and outputs are in scaled units, so their difference gives the scaled error.
        let errors = try #require(api.post("/reconstruct", body).json["scaled_errors"]).numbers
        let (inputs, outputs) = (response["inputs"]?.array ?? [], layers.last?["outputs"]?.array ?? [])
        #expect(inputs.count == 9 && outputs.count == 9)
        for (error, (input, output)) in zip(errors, zip(inputs, outputs)) {
            let squares = zip(input.numbers, output.numbers).map { ($0 - $1) * ($0 - $1) }
            #expect(abs(squares.reduce(0, +) / 4 - error) < 1e-5)
        }
    }

    @Test func windowSelectsOneWindow() throws {
        let all = try #require(layers()["layers"]?[0]?["outputs"]?.array)
        #expect(try layers(["window": 7])["layers"]?[0]?["outputs"] == [all[7]])
        let refused = try api.post("/layers", ["model": "m", "series": rows, "window": 9])
        #expect(refused.status == 422)
        #expect(try refused.json["pointer"] == "/window")
        #expect(try refused.json["detail"]?.string?.contains("0 to 8") == true)
    }

    @Test func outputsOverTheLimitAreRefused() throws {
        var limits = RuntimeLimits()
        // The values of two windows: their inputs (2 × 2) and the outputs of each layer.
        limits.maxResponseValues = 2 * [4, 10, 3, 6, 6, 10, 4].reduce(0, +)
        let small = try API(.inProcess, runtime: limits)
        #expect(try small.post("/train", Small.training("m", ["units": [5, 3]])).status == 201)
        #expect(try small.post("/layers", ["model": "m", "windows": Small.windows]).status == 200)
        let refused = try small.post("/layers", ["model": "m", "series": rows])
        #expect(refused.status == 422)
        #expect(
            try refused.json["detail"]?.string?.contains("Send the data in parts") == true, "\(refused.text)")
        #expect(try small.post("/layers", ["model": "m", "series": rows, "window": 8]).status == 200)
    }

    // MARK: Heat maps

    @Test func aHeatMapHasAFrameForEachStepAndTheMaximumOfEachLayer() throws {
        let body: JSON = ["model": "m", "series": rows, "window": 4]
        let picture = try api.picture("/layers", body)
        #expect(picture.text(of: "title") == "Output of each layer for window 4: m")
        // One frame for the legend, and one for each timestep of the input and of each layer.
        #expect(picture["frame"].count == 1 + 2 + 2 + 1 + 2 + 2 + 2 + 2)
        #expect(picture["encoding"].count == 1)
        #expect(picture["accent"].map(\.text) == ["lstm_1"])
        // m is the maximum absolute value.
        let encoding = try #require(layers(["window": 4])["layers"]?[1]?["outputs"]).numbers
        let largest = encoding.map(abs).max() ?? 0
        let written = try #require(picture.texts.drop { $0 != "lstm_1" }.dropFirst(2).first)
        let shown = try #require(Double(written.dropFirst("m = ".count)))
        #expect(abs(shown - largest) <= 0.005 * largest, "\(written)")
    }

    @Test func aHeatMapIsOfTheFirstWindowByDefault() throws {
        let first = try api.picture("/layers", ["model": "m", "series": rows])
        #expect(first.text(of: "title") == "Output of each layer for window 0: m")
        #expect(
            try first.elements.count
                == api.picture("/layers", ["model": "m", "series": rows, "window": 0]).elements.count)
    }

    @Test func largeLayersAreAbridged() throws {
        let rows = JSON.array((0..<110).map { [.number(Double($0 % 7))] })
        let training: JSON = [
            "model": "long", "series": rows, "timesteps": 105, "units": [200], "epochs": 1, "scaling": "none",
        ]
        #expect(try api.post("/train", training).status == 201)
        let picture = try api.picture("/layers", ["model": "long", "series": rows])
        // Narrow columns share a frame on each side of the gap.
        #expect(picture["frame"].count == 1 + 2 + 1 + 2 + 2 + 2)
        #expect(picture["frame"].filter { $0["height"] == 161 }.count == 1 + 2 + 2)
        #expect(picture.texts.contains("gaps: omitted steps and units"))
        #expect(picture.elements[0]["width"] < 800)
    }
}
