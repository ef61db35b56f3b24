import NeuralNetwork
import Testing
import TimeSeries

/// Compares gradients with finite differences, independently of Keras.
@Suite struct GradientCheckTests {
    static let stacks: [(name: String, layers: [Layer])] = [
        ("autoencoder", Architecture.autoencoder(units: [5, 3]).layers(timesteps: 4, features: 3)),
        ("stacked", Architecture.stacked(units: [4]).layers(timesteps: 4, features: 3)),
        (
            "bidirectional",
            [
                .bidirectional(LSTM(3, returnSequences: true)), .bidirectional(LSTM(2)), .repeatVector(4),
                .bidirectional(LSTM(3, activation: .sigmoid, returnSequences: true)), .dense(Dense(3)),
            ]
        ),
        (
            "dense around",
            [
                .dense(Dense(4, activation: .tanh)), .lstm(LSTM(3, activation: .linear)),
                .dense(Dense(3, activation: .sigmoid)), .repeatVector(4), .timeDistributed(Dense(3)),
            ]
        ),
    ]

    @Test(arguments: stacks.indices, Loss.allCases)
    func everyGradientIsTheSlopeOfTheLoss(stack: Int, loss: Loss) throws {
        let network = try Sequential(timesteps: 4, features: 3, layers: Self.stacks[stack].layers)
        let data = try Windows(
            values: numbers(3 * 4 * 3, stream: 7, limit: 1.5), timesteps: 4, features: 3)
        var options = TrainingOptions()
        options.loss = loss
        let start = network.initialWeights(seed: 3)
        let step = TrainingStep(network, options: options, initial: start)
        let all = Array(0..<data.count)[...]
        _ = step.computeGradient(on: data, indices: all)
        let gradient = step.gradient
        let largest = gradient.map(abs).max() ?? 0

        for parameter in network.parameters {
            for position in [
                parameter.range.lowerBound, parameter.range.upperBound - 1,
                parameter.range.lowerBound + parameter.count / 2,
            ] {
                func lossMoved(by delta: Float) throws -> Double {
                    var values = start.values
                    values[position] += delta
                    step.weights = try #require(Weights(values, for: network))
                    return step.evaluate(on: data, indices: all)
                }
                // The tolerance covers float32's error of the difference quotient, at least 1e-7 / 1e-2.
                let slope = try (lossMoved(by: 0.01) - lossMoved(by: -0.01)) / 0.02
                #expect(
                    abs(slope - Double(gradient[position])) < 2e-2 * Double(largest) + 2e-4,
                    """
                    \(parameter.name)[\(position - parameter.offset)] of \(Self.stacks[stack].name): \
                    slope \(slope)
                    """
                )
            }
        }
    }
}
