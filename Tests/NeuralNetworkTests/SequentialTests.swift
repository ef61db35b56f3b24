import NeuralNetwork
import Testing

@Suite struct SequentialTests {
    @Test func theArticlesAutoencoderHasTheShapesAndParametersOfItsTable() throws {
        let network = try articleNetwork(.autoencoder(units: [128, 64], activation: .relu))
        #expect(network.entries.map(\.parameterCount) == [67072, 49408, 0, 33024, 98816, 258])
        #expect(
            network.entries.map(\.outputShape.dimensions) == [
                [3, 128], [64], [3, 64], [3, 64], [3, 128], [3, 2],
            ])
        #expect(network.parameterCount == 248578)
        #expect(network.encodingUnits == 64)
    }

    @Test func theStackedNetworkHasAsManyParametersAndNoEncoding() throws {
        let network = try articleNetwork(.stacked(units: [128, 64], activation: .relu))
        #expect(network.parameterCount == 248578)
        #expect(network.entries.allSatisfy { $0.outputShape.timesteps == 3 })
        #expect(network.encodingUnits == nil)
    }

    static let refused: [(layers: [Layer], index: Int?, fragment: String)] = [
        ([], nil, "at least one"),
        ([.lstm(LSTM(4)), .lstm(LSTM(3))], 1, "'lstm_1' (LSTM) needs a sequence"),
        ([.lstm(LSTM(4)), .timeDistributed(Dense(3))], 1, "needs a sequence"),
        ([.lstm(LSTM(4)), .bidirectional(LSTM(3))], 1, "RepeatVector"),
        ([.repeatVector(3)], 0, "repeats a vector"),
        ([.lstm(LSTM(0))], 0, "units 0"),
        ([.lstm(LSTM(1_000_000_000))], 0, "units 1000000000"),
        ([.dense(Dense(-1))], 0, "units -1"),
        ([.lstm(LSTM(2)), .repeatVector(0)], 1, "n 0"),
        ([.dropout(1)], 0, "rate 1.0"),
        ([.dropout(.nan)], 0, "rate nan"),
        ([.dropout(0.5)], nil, "nothing to train"),
        (
            Array(repeating: .lstm(LSTM(1 << 20, returnSequences: true)), count: 2), 0,
            "number of parameters above"
        ),
    ]

    @Test(arguments: refused.indices) func anInvalidNetworkIsRefusedWithTheLayerThatIsWrong(_ row: Int) throws
    {
        let (layers, index, fragment) = Self.refused[row]
        let error = #expect(throws: ArchitectureError.self) {
            try Sequential(timesteps: 3, features: 2, layers: layers)
        }
        #expect(error?.index == index)
        #expect(error?.detail.contains(fragment) == true, "\(error?.detail ?? "")")
    }

    @Test func initialWeightsFollowKerasDefaultInitializers() throws {
        let network = try articleNetwork(.autoencoder(units: [128, 64]))
        let weights = network.initialWeights(seed: 1)
        #expect(weights == network.initialWeights(seed: 1))
        #expect(weights != network.initialWeights(seed: 2))
        for parameter in network.parameters {
            let values = weights[parameter]
            switch parameter.initializer {
            case .zeros: #expect(values.allSatisfy { $0 == 0 })
            case .unitForgetBias:
                let units = parameter.count / 4
                for (index, value) in values.enumerated() {
                    #expect(value == ((units..<2 * units).contains(index) ? 1 : 0))
                }
            case .glorotUniform:
                let limit = (6 / Float(parameter.shape[0] + parameter.shape[1])).squareRoot()
                let largest = try #require(values.map(abs).max())
                #expect(largest <= limit && largest > 0.9 * limit)
            case .orthogonal: expectOrthonormalRows(Array(values), rows: parameter.shape[0])
            }
        }
    }

    private func expectOrthonormalRows(_ values: [Float], rows: Int) {
        let columns = values.count / rows
        for (first, second) in [(0, 0), (0, 1), (rows - 1, rows - 1), (rows / 2, rows - 1)] {
            var product: Float = 0
            for column in 0..<columns {
                product += values[first * columns + column] * values[second * columns + column]
            }
            #expect(abs(product - (first == second ? 1 : 0)) < 1e-5)
        }
    }
}
