import Crypto
import ModelFormats
import NeuralNetwork
import TimeSeries

/// A version of a model as an ONNX file. Scaling is part of the graph, so the input is in the data's units.
///
/// | Tensor | Shape | Holds |
/// |---|---|---|
/// | input `windows` | `[batch, T, F]` | windows, in the data's units |
/// | output `reconstruction` | `[batch, T, F]` | their reconstructions, in the data's units |
/// | output `encoding` | `[batch, Z]` | their encodings, if the model has an encoding |
/// | output `error` | `[batch]` | the mean squared error of each window, in scaled units |
public struct ONNXFile: Sendable {
    /// The bytes of the file, the same for the same weights and scaling.
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
        let network = trained.model.network
        let timesteps = network.inputShape.timesteps ?? 1
        let shape: [ONNXGraph.Size] = [
            .named("batch"), .fixed(timesteps), .fixed(network.inputShape.features),
        ]
        var graph = ONNXGraph(name: "reprise")
        let windows = graph.input("windows", shape)
        let scaling = trained.description.scaler
        let parameters = scaling.scaling == .none ? nil : graph.parameters(of: scaling)
        let scaled = parameters.map { graph.scale(windows, $0) } ?? windows
        let outputs = graph.outputs(of: trained.model, for: graph.swapped("windows/time_major", scaled))
        let result = graph.swapped("reconstruction/batch_major", outputs[outputs.count - 1])
        graph.output(
            "reconstruction", parameters.map { graph.unscale(result, $0) } ?? result, shape)
        if let index = network.encodingIndex, let units = network.encodingUnits {
            graph.output("encoding", outputs[index], [.named("batch"), .fixed(units)])
        }
        graph.output("error", graph.meanSquare(scaled, result), [.named("batch")])
        return graph
    }
}

extension ONNXGraph {
    /// Offset and scale of each feature, `[F]`.
    fileprivate mutating func parameters(of scaler: Scaler) -> (offset: Value, scale: Value) {
        let count = scaler.offset.count
        return (
            constant(NamedTensor(name: "scaling/offset", shape: [count], values: scaler.offset.map { Float($0) })),
            constant(NamedTensor(name: "scaling/scale", shape: [count], values: scaler.scale.map { Float($0) }))
        )
    }

    fileprivate mutating func scale(_ windows: Value, _ scaling: (offset: Value, scale: Value)) -> Value {
        let centred = node("scaling/centred", "Sub", [windows, scaling.offset])
        return node("scaling/scaled", "Div", [centred, scaling.scale])
    }

    fileprivate mutating func unscale(_ scaled: Value, _ scaling: (offset: Value, scale: Value)) -> Value {
        let centred = node("unscaling/centred", "Mul", [scaled, scaling.scale])
        return node("unscaling/unscaled", "Add", [centred, scaling.offset])
    }

    /// `[batch, T, F]` from `[T, batch, F]`, or the reverse. Layers are time-major, because ONNX Runtime does
    /// not implement LSTM with `layout` 1.
    fileprivate mutating func swapped(_ name: String, _ value: Value) -> Value {
        node(name, "Transpose", [value], ["perm": .ints([1, 0, 2])])
    }

    /// The mean of the squared differences of each window, `[batch]`.
    fileprivate mutating func meanSquare(_ windows: Value, _ reconstructions: Value) -> Value {
        let difference = node("error/difference", "Sub", [windows, reconstructions])
        let square = node("error/square", "Mul", [difference, difference])
        return node("error/mean", "ReduceMean", [square], ["axes": .ints([1, 2]), "keepdims": .int(0)])
    }
}
