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
///
/// All are float32, except that `windows` and `reconstruction` are float64 if the offset of a feature is so
/// large that float32 would lose the data in it. The file's metadata have the type as `input`.
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
        let scaling = trained.description.scaler
        let type: ONNXGraph.ElementType = scaling.needsDoublePrecision ? .double : .float
        graph.metadata("input", type == .double ? "float64" : "float32")
        let windows = graph.input("windows", shape, type)
        let parameters = scaling.scaling == .none ? nil : graph.parameters(of: scaling, type)
        let scaled = parameters.map { graph.scale(windows, $0, type) } ?? windows
        let outputs = graph.outputs(of: trained.model, for: graph.swapped("windows/time_major", scaled))
        let result = graph.swapped("reconstruction/batch_major", outputs[outputs.count - 1])
        graph.output(
            "reconstruction", parameters.map { graph.unscale(result, $0, type) } ?? result, shape, type)
        if let index = network.encodingIndex, let units = network.encodingUnits {
            graph.output("encoding", outputs[index], [.named("batch"), .fixed(units)])
        }
        graph.output("error", graph.meanSquare(scaled, result), [.named("batch")])
        return graph
    }
}

extension ONNXGraph {
    /// Offset and scale of each feature, `[F]`.
    fileprivate mutating func parameters(
        of scaler: Scaler, _ type: ElementType
    ) -> (offset: Value, scale: Value) {
        let vectors = [("scaling/offset", scaler.offset), ("scaling/scale", scaler.scale)].map {
            name, values in
            type == .double
                ? constant(name, values)
                : constant(NamedTensor(name: name, shape: [values.count], values: values.map { Float($0) }))
        }
        return (vectors[0], vectors[1])
    }

    /// Scaled windows as float32. The offset is subtracted in the type of the windows.
    fileprivate mutating func scale(
        _ windows: Value, _ scaling: (offset: Value, scale: Value), _ type: ElementType
    ) -> Value {
        let centred = node("scaling/centred", "Sub", [windows, scaling.offset])
        let scaled = node("scaling/scaled", "Div", [centred, scaling.scale])
        return type == .double ? cast("scaling/float", scaled, to: .float) : scaled
    }

    fileprivate mutating func unscale(
        _ scaled: Value, _ scaling: (offset: Value, scale: Value), _ type: ElementType
    ) -> Value {
        let wide = type == .double ? cast("unscaling/double", scaled, to: .double) : scaled
        let centred = node("unscaling/centred", "Mul", [wide, scaling.scale])
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
