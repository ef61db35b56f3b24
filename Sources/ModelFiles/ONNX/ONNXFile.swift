import Crypto
import Detection
import ModelFormats
import NeuralNetwork

/// A version of a model as an ONNX file, which computes what the server computes: scaling, network (or the
/// detector in its place), error and score, with the same limits for numbers of any size.
///
/// | Tensor | Shape | Holds |
/// |---|---|---|
/// | input `windows` | `[batch, T, F]` | windows, in the data's units |
/// | output `reconstruction` | `[batch, T, F]` | their reconstructions, in the data's units, if of use |
/// | output `encoding` | `[batch, Z]` | their encodings, if the model has an encoding |
/// | output `error` | `[batch]` | their errors, of the model's error kind, in scaled units |
/// | output `score` | `[batch]` | the errors divided by the threshold, if the model has one |
///
/// All are float32, except that `windows` and `reconstruction` are float64 if float32 would lose the data
/// (``TimeSeries/Scaler/needsDoublePrecision``). Models without a reconstruction of use have none
/// (``NeuralNetwork/Sequential/hasReconstruction``). The metadata are those of ``ONNXMetadata``.
public struct ONNXFile: Sendable {
    /// The bytes of the file, the same for the same model.
    public let bytes: [UInt8]
    /// SHA-256 of the bytes, in hexadecimal.
    public let digest: String

    /// Makes the file of a model.
    /// - Parameter limit: the maximum size of the weights and of the file, in bytes.
    /// - Returns: nil above the limit or above 2 GiB, the maximum of ONNX.
    public init?(_ trained: TrainedModel, limit: Int) {
        let weights = trained.model.weights.values.count * MemoryLayout<Float>.stride
        guard weights <= limit,
            let bytes = Self.graph(trained).file(producer: (name: "reprise", version: Software.version)),
            bytes.count <= limit
        else { return nil }
        self.bytes = bytes
        digest = bytes.withUnsafeBytes { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return hash.finalize().hexadecimal
        }
    }

    private static func graph(_ trained: TrainedModel) -> ONNXGraph {
        let (description, network) = (trained.description, trained.model.network)
        let (timesteps, features) = (network.inputShape.timesteps ?? 1, network.inputShape.features)
        let shape: [ONNXGraph.Size] = [.named("batch"), .fixed(timesteps), .fixed(features)]
        var graph = ONNXGraph(name: "reprise")
        for (name, value) in ONNXMetadata.strings(of: description) { graph.metadata(name, value) }

        let scaling = ONNXScaling(description.scaler, isExact: network.baseline != nil, in: &graph)
        let windows = graph.input("windows", shape, scaling.type)
        let scaled = scaling.scaled(windows, in: &graph)
        let (reconstruction, encoding) = graph.outputs(of: trained.model, forBatch: scaled)
        let reconstructions = graph.limitedReconstruction(reconstruction)
        if network.hasReconstruction {
            graph.output(
                "reconstruction", scaling.unscaled(reconstructions, in: &graph), shape, scaling.type)
        }
        if let encoding, let units = network.encodingUnits {
            graph.output("encoding", graph.limitedEncoding(encoding), [.named("batch"), .fixed(units)])
        }
        let residuals = graph.node("error/residuals", "Sub", [scaled, reconstructions])
        let error = graph.limited(
            "error/limited",
            graph.error(trained.detector.measure, of: residuals, timesteps: timesteps, features: features))
        graph.output("error", error, [.named("batch")])
        if let threshold = description.scoring?.threshold {
            let score = graph.node(
                "score/quotient", "Div", [error, graph.scalar("score/threshold", Double(threshold))])
            graph.output("score", graph.limited("score/limited", score), [.named("batch")])
        }
        return graph
    }
}

extension ONNXGraph {
    /// The reconstruction of each window, `[batch, T, F]` in scaled units, and its encoding, `[batch, Z]`;
    /// nil if the model has no encoding. Neither is limited.
    /// - Parameter windows: `[batch, T, F]` in scaled units.
    fileprivate mutating func outputs(
        of model: Model, forBatch windows: Value
    ) -> (reconstruction: Value, encoding: Value?) {
        if let baseline = model.network.baseline {
            return (reconstruction(by: baseline, of: model, for: windows), nil)
        }
        // Layers are time-major, because ONNX Runtime does not implement LSTM with `layout` 1.
        let outputs = outputs(of: model, for: swapped("windows/time_major", windows))
        return (
            swapped("reconstruction/batch_major", outputs[outputs.count - 1]),
            model.network.encodingIndex.map { outputs[$0] }
        )
    }

    /// `[batch, T, F]` from `[T, batch, F]`, or the reverse.
    fileprivate mutating func swapped(_ name: String, _ value: Value) -> Value {
        node(name, "Transpose", [value], ["perm": .ints([1, 0, 2])])
    }

    /// A reconstruction in scaled units as ``NeuralNetwork/Model`` limits it: a number that is not finite, or
    /// beyond ``NeuralNetwork/Model/maxReconstruction``, becomes 0.
    fileprivate mutating func limitedReconstruction(_ value: Value) -> Value {
        let magnitude = node("reconstruction/magnitude", "Abs", [value])
        let limit = scalar("reconstruction/limit", Double(Model.maxReconstruction))
        // Comparisons with NaN are false.
        let isLimited = node("reconstruction/is_limited", "LessOrEqual", [magnitude, limit])
        return node(
            "reconstruction/limited", "Where", [isLimited, value, scalar("reconstruction/zero", 0)])
    }

    /// An encoding as ``NeuralNetwork/Model`` limits it: NaN becomes 0, an infinity the largest float.
    fileprivate mutating func limitedEncoding(_ value: Value) -> Value {
        let isNaN = node("encoding/is_nan", "IsNaN", [value])
        return node(
            "encoding/finite", "Where",
            [isNaN, scalar("encoding/zero", 0), limited("encoding/limited", value)])
    }

    /// Numbers limited to ±`bound`, by default to the largest float.
    mutating func limited(
        _ name: String, _ value: Value, to bound: Double = Double(Float.greatestFiniteMagnitude),
        _ type: ElementType = .float
    ) -> Value {
        node(
            name, "Clip", [value, scalar("\(name)/min", -bound, type), scalar("\(name)/max", bound, type)])
    }
}
