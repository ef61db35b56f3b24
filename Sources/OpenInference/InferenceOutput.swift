import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

/// An output tensor of the Open Inference Protocol, float32.
enum InferenceOutput: String, CaseIterable {
    /// The reconstructed windows, `[N][T][F]` in the data's units.
    case reconstruction
    /// The encoding of each window, `[N][Z]`.
    case encoding
    /// The mean squared error of each window in scaled units, `[N]`.
    case error
    /// The error of each window, of the model's kind, divided by the threshold, `[N]`.
    case score

    /// The name of the only input tensor.
    static let input = "windows"
    /// The datatype of all outputs.
    static let datatype = InferenceDatatype.float32

    /// The datatype that an input should have: FP32 cannot hold values whose offset is large.
    static func inputDatatype(for model: ModelDescription) -> InferenceDatatype {
        model.scaler.needsDoublePrecision ? .float64 : .float32
    }

    /// The shape of the output for one window; nil if the model does not have the output.
    func shape(of model: ModelDescription) -> [Int]? {
        switch self {
        case .reconstruction: model.network.hasReconstruction ? model.inputShape.dimensions : nil
        case .encoding: model.network.encodingUnits.map { [$0] }
        case .error: []
        case .score: model.threshold == nil ? nil : []
        }
    }

    /// All outputs of a model.
    static func all(of model: ModelDescription) -> [InferenceOutput] {
        allCases.filter { $0.shape(of: model) != nil }
    }

    /// Computes the given outputs in one pass through the network.
    /// - Parameters:
    ///   - outputs: outputs that the model has.
    ///   - windows: `[N][T][F]` in the data's units.
    ///   - scoring: turns errors into scores; nil if `outputs` does not have ``score``.
    /// - Returns: for each output its values, of the shape `[N]` followed by ``shape(of:)``; and the errors
    ///   of the scores, `[N]`.
    static func compute(
        _ outputs: Set<InferenceOutput>, _ entry: ModelRegistry.Entry, _ windows: Windows<Double>,
        _ scoring: Scoring?
    ) -> (values: [InferenceOutput: [Float]], errors: [Float]) {
        let trained = entry.trained
        let network = trained.model.network
        let encoding = outputs.contains(.encoding) ? network.encodingIndex : nil
        let last = outputs == [.encoding] ? nil : network.entries.count - 1
        var values: [InferenceOutput: [Float]] = [:]
        var scoredErrors: [Float] = []
        for part in trained.scale(windows).chunks {
            var layers =
                network.baseline == nil
                ? trained.model.outputs(of: [encoding, last].compactMap(\.self), for: part)
                : [trained.model.reconstruct(part)]
            if encoding != nil { values[.encoding, default: []] += layers.removeFirst() }
            guard let reconstructions = layers.first else { continue }
            if outputs.contains(.error) {
                values[.error, default: []] += meanSquaredErrors(of: part, reconstructions: reconstructions)
            }
            if let scoring {
                let errors = trained.detector.measure.errors(of: part, reconstructions: reconstructions)
                scoredErrors += errors.windows
                values[.score, default: []] += errors.windows.map(scoring.score)
            }
            if outputs.contains(.reconstruction) {
                values[.reconstruction, default: []] +=
                    trained.description.scaler.inverseTransform(reconstructions).map {
                        Float.limiting($0)
                    }
            }
        }
        return (values, scoredErrors)
    }
}

extension JSONWriter {
    /// `{"name":"windows","datatype":"FP32","shape":[-1,30,8]}`. -1 stands for any N.
    mutating func tensor(
        _ name: String, _ datatype: InferenceDatatype = InferenceOutput.datatype, ofEachWindow shape: [Int]
    ) {
        object { json in
            json.member("name", name)
            json.member("datatype", datatype.rawValue)
            json.member("shape", [-1] + shape)
        }
    }
}
