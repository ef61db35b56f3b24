import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// A tensor of float32 that models give by the Open Inference Protocol.
enum InferenceOutput: String, CaseIterable {
    /// The windows as the model sees them, `[N][T][F]` in the data's units.
    case reconstruction
    /// What the encoder makes of each window, `[N][Z]`.
    case encoding
    /// The mean squared error of each window in scaled units, `[N]`.
    case error
    /// The error of the model's kind over its threshold, `[N]`.
    case score

    /// The name of the only input, and what it is.
    static let input = "windows"
    /// What outputs are, and inputs should be.
    static let datatype = "FP32"

    /// The shape of what a model gives for one window; nil for a model that doesn't give it.
    func shape(of model: ModelDescription) -> [Int]? {
        switch self {
        case .reconstruction: model.inputShape.dimensions
        case .encoding: model.network.encodingUnits.map { [$0] }
        case .error: []
        case .score: model.threshold == nil ? nil : []
        }
    }

    /// All that a model gives.
    static func all(of model: ModelDescription) -> [InferenceOutput] {
        allCases.filter { $0.shape(of: model) != nil }
    }

    /// Computes outputs of windows, and only those, in one pass through the network.
    /// - Parameters:
    ///   - outputs: some that the model gives.
    ///   - windows: in the data's units, of the model's input shape.
    /// - Throws: 422 for numbers past the largest float.
    static func compute(
        _ outputs: Set<InferenceOutput>, _ entry: ModelRegistry.Entry, _ windows: Windows
    ) throws(Problem) -> [InferenceOutput: [Float]] {
        let trained = entry.trained
        let network = trained.model.network
        let encoding = outputs.contains(.encoding) ? network.encodingIndex : nil
        let last = outputs == [.encoding] ? nil : network.entries.count - 1
        let scoring = outputs.contains(.score) ? try Scoring(entry) : nil
        var values: [InferenceOutput: [Float]] = [:]
        for part in trained.scale(windows).slices {
            var layers = trained.model.outputs(of: [encoding, last].compactMap(\.self), for: part)
            if encoding != nil { values[.encoding, default: []] += layers.removeFirst() }
            guard var reconstructions = layers.first else { continue }
            if outputs.contains(.error) {
                values[.error, default: []] += meanSquaredErrors(of: part, reconstructions: reconstructions)
            }
            if let scoring {
                let errors = trained.detector.measure.errors(of: part, reconstructions: reconstructions)
                values[.score, default: []] += errors.windows.map(scoring.score)
            }
            if outputs.contains(.reconstruction) {
                trained.description.scaler.undo(&reconstructions)
                values[.reconstruction, default: []] += reconstructions
            }
        }
        guard values.values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw .overflow() }
        return values
    }
}

extension JSONWriter {
    /// `{"name":"windows","datatype":"FP32","shape":[-1,30,8]}`: N may be any.
    mutating func tensor(_ name: String, ofEachWindow shape: [Int]) {
        object { json in
            json.member("name", name)
            json.member("datatype", InferenceOutput.datatype)
            json.member("shape", [-1] + shape)
        }
    }
}
