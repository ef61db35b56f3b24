import Foundation
import NeuralNetwork
import Testing
import TimeSeries

/// Results of Keras, written by scripts/fixtures.py.
struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
    struct LayerSpec: Decodable, Sendable {
        let type: String
        let units: Int?
        let n: Int?
        let rate: Double?
        let activation: String?
        let recurrentActivation: String?
        let returnSequences: Bool?
    }

    /// A tensor: all values, or the values at the positions `at` and the norm.
    struct Stored: Decodable, Sendable {
        let at: [Int]?
        let values: [Float]
        let norm: Double?
        let largest: Float?
    }

    struct Output: Decodable, Sendable {
        let name: String
        let type: String
        let shape: [Int]
        let parameters: Int
        let at: [Int]?
        let values: [Float]
        let norm: Double?
        let largest: Float?
        var stored: Stored { Stored(at: at, values: values, norm: norm, largest: largest) }
    }

    /// Arguments of `ReduceLROnPlateau`. Foundation converts "min_lr" to "minLr".
    struct Plateau: Decodable, Sendable {
        let factor: Double
        let patience: Int
        let minDelta: Double
        let cooldown: Int
        let minLr: Double
    }

    let name: String
    let timesteps: Int
    let features: Int
    let windows: Int
    let batchSize: Int
    let epochs: Int
    let loss: String
    let validationSplit: Double
    let clipNorm: Float?
    let reduceLrOnPlateau: Plateau?
    let range: [Double]
    let layers: [LayerSpec]
    let outputs: [Output]
    let parameters: [String]
    let gradients: [Stored]
    let history: [String: [Double]]
    let trained: [Stored]

    var testDescription: String { name }
}

extension Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/keras")

    static let all: [Fixture] = {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return files.filter { $0.lastPathComponent != "article-curves.json" }
            .sorted { $0.path < $1.path }
            .compactMap { file in
                do {
                    return try decoder.decode(Fixture.self, from: Data(contentsOf: file))
                } catch {
                    Issue.record("\(file.lastPathComponent): \(error)")
                    return nil
                }
            }
    }()

    func network() throws -> Sequential {
        let layers = try layers.map { spec -> Layer in
            let units = spec.units ?? 0
            let activation = try spec.activation.map { try #require(Activation(rawValue: $0)) }
            let recurrent = try spec.recurrentActivation.map {
                try #require(RecurrentActivation(rawValue: $0))
            }
            let lstm = LSTM(
                units, activation: activation ?? .tanh, recurrentActivation: recurrent ?? .sigmoid,
                returnSequences: spec.returnSequences ?? false)
            let dense = Dense(units, activation: activation ?? .linear)
            switch try #require(Layer.Kind(rawValue: spec.type), "unknown layer type \(spec.type)") {
            case .lstm: return .lstm(lstm)
            case .bidirectional: return .bidirectional(lstm)
            case .repeatVector: return .repeatVector(spec.n ?? 0)
            case .dense: return .dense(dense)
            case .timeDistributed: return .timeDistributed(dense)
            case .dropout: return .dropout(spec.rate ?? -1)
            }
        }
        return try Sequential(timesteps: timesteps, features: features, layers: layers)
    }

    func initial(_ network: Sequential) throws -> Weights {
        let values = network.parameters.enumerated().flatMap { stream, parameter -> [Float] in
            let shape = parameter.shape
            let limit = shape.count == 1 ? 0.1 : (3 / (Double(shape[0]) + Double(shape[1]) / 4)).squareRoot()
            return numbers(parameter.count, stream: stream, limit: limit)
        }
        return try #require(Weights(values, for: network))
    }

    func data() throws -> Windows<Float> {
        let (low, high) = (range[0], range[1])
        return try Windows(
            values: numbers(
                windows * timesteps * features, stream: 1000, limit: (high - low) / 2,
                offset: (high + low) / 2),
            timesteps: timesteps, features: features)
    }

    func options() throws -> TrainingOptions {
        var options = TrainingOptions()
        options.batchSize = batchSize
        options.epochs = epochs
        options.loss = try #require(Loss(rawValue: loss))
        options.validationSplit = validationSplit
        options.clipNorm = clipNorm
        options.reduceLROnPlateau = reduceLrOnPlateau.map { plateau in
            var options = ReduceLROnPlateau()
            options.factor = plateau.factor
            options.patience = plateau.patience
            options.minDelta = plateau.minDelta
            options.cooldown = plateau.cooldown
            options.minLR = plateau.minLr
            return options
        }
        options.shuffle = false
        return options
    }
}

/// Pseudorandom numbers in `offset ± limit`, by the same formula as in scripts/fixtures.py.
func numbers(_ count: Int, stream: Int, limit: Double, offset: Double = 0) -> [Float] {
    (0..<count).map { index in
        var h = UInt32(truncatingIfNeeded: index &* 2_654_435_761 &+ stream &* 2_246_822_519 &+ 12345)
        for _ in 0..<2 {
            h ^= h >> 16
            h = h &* 0x45d9f3b
        }
        h ^= h >> 16
        return Float(offset + limit * (Double(h) / 2_147_483_648 - 1))
    }
}

/// Returns the largest difference between a tensor and Keras' values; infinity if their numbers differ.
func difference(_ ours: ArraySlice<Float>, _ stored: Fixture.Stored) -> Float {
    let at = stored.at ?? Array(0..<stored.values.count)
    guard stored.at != nil || ours.count == stored.values.count else { return .infinity }
    return zip(at, stored.values).map { abs(ours[ours.startIndex + $0] - $1) }.max() ?? 0
}
