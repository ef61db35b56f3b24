import Foundation
import NeuralNetwork
import Testing
import TimeSeries

/// The same weights and windows give the same results as Keras 3, within the tolerance of float32.
@Suite struct KerasParityTests {
    @Test func allFixturesCanBeRead() { #expect(Fixture.all.count == 23) }

    @Test func everyLayerTypeHasAFixture() {
        let types = Set(Fixture.all.flatMap(\.layers).map(\.type))
        #expect(types == Set(Layer.Kind.allCases.map(\.rawValue)))
    }

    @Test(arguments: Fixture.all) func namesShapesAndParametersAreThoseOfKeras(of fixture: Fixture) throws {
        let network = try fixture.network()
        #expect(network.entries.map(\.name) == fixture.outputs.map(\.name))
        #expect(network.entries.map(\.layer.type) == fixture.outputs.map(\.type))
        #expect(network.entries.map(\.outputShape.dimensions) == fixture.outputs.map(\.shape))
        #expect(network.entries.map(\.parameterCount) == fixture.outputs.map(\.parameters))
        #expect(network.parameters.map(\.name) == fixture.parameters)
    }

    @Test(arguments: Fixture.all) func theOutputOfEveryLayerIsThatOfKeras(of fixture: Fixture) throws {
        let network = try fixture.network()
        let model = try Model(network, weights: fixture.initial(network))
        let outputs = try model.outputs(of: Array(network.entries.indices), for: fixture.data())
        for (ours, keras) in zip(outputs, fixture.outputs) {
            let difference = difference(ours[...], keras.stored)
            #expect(difference <= 1e-5, "output of \(keras.name)")
        }
    }

    @Test(arguments: Fixture.all) func gradientsAreThoseOfKeras(of fixture: Fixture) throws {
        let network = try fixture.network()
        let data = try fixture.data()
        // The fixture's gradient is that of one batch of all windows.
        var options = try fixture.options()
        options.batchSize = fixture.windows
        let step = TrainingStep(network, options: options, initial: try fixture.initial(network))
        _ = step.computeGradient(on: data, indices: Array(0..<data.count)[...])
        let gradient = step.gradient
        for (parameter, keras) in zip(network.parameters, fixture.gradients) {
            let ours = gradient[parameter.range]
            let largest = keras.largest ?? keras.values.map(abs).max() ?? 0
            #expect(difference(ours, keras) <= 1e-4 * largest, "\(parameter.name)")
            if let norm = keras.norm {
                let ourNorm = ours.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                #expect(abs(ourNorm - norm) <= 1e-4 * norm, "\(parameter.name)")
            }
        }
    }

    @Test(arguments: Fixture.all) func lossesRatesAndWeightsOfATrainingAreThoseOfKeras(of fixture: Fixture)
        throws
    {
        let network = try fixture.network()
        let result = try network.fit(
            fixture.data(), options: fixture.options(), initial: fixture.initial(network))
        let losses = try #require(fixture.history["loss"])
        #expect(result.history.count == losses.count)
        for (ours, keras) in zip(result.history, losses) {
            #expect(abs(ours.loss - keras) <= 1e-5 * max(1, keras), "epoch \(ours.epoch)")
        }
        if let validation = fixture.history["val_loss"] {
            for (ours, keras) in zip(result.history, validation) {
                #expect(abs((ours.validationLoss ?? .infinity) - keras) <= 1e-5, "epoch \(ours.epoch)")
            }
        }
        #expect((fixture.history["learning_rate"] != nil) == (fixture.reduceLrOnPlateau != nil))
        if let rates = fixture.history["learning_rate"] {
            #expect(result.history.map(\.learningRate) == rates.map(Float.init))
        }
        for (parameter, keras) in zip(network.parameters, fixture.trained) {
            #expect(difference(result.weights[parameter], keras) <= 1e-5, "\(parameter.name)")
        }
    }

    private struct Curves: Decodable {
        let every: Int
        let curves: [[Double]]
    }

    /// Trains the article's 300 epochs from this engine's initial weights, with ten seeds.
    @Test func theMedianLossOfTheArticleIsWithinTheRangeOfKeras() throws {
        let file = Fixture.folder.appending(path: "article-curves.json")
        let keras = try JSONDecoder().decode(Curves.self, from: Data(contentsOf: file))
        let network = try articleNetwork(.autoencoder(units: [128, 64], activation: .relu))
        let ours = try (0..<10).map { seed in
            try network.fit(articleWindows(), options: articleOptions(seed: UInt64(seed))).history.map(\.loss)
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        // The median of the ten losses must be in the range of Keras' ten losses, at the start, in between
        // and at the end.
        for (position, epoch) in [(0, 0), (5, 50), (15, 150), (30, 299)] {
            let spread = keras.curves.map { $0[position] }
            let (low, high) = (spread.min() ?? 0, spread.max() ?? 0)
            let middle = median(ours.map { $0[epoch] })
            #expect(
                middle >= low && middle <= high,
                "epoch \(epoch + 1): expected a loss in \(low)…\(high), found \(middle)")
        }
    }
}
