import SwiftProtobuf

/// A graph of ONNX's operators in the making, and the file of it (https://onnx.ai/onnx/repo-docs/IR.html).
///
/// Nodes are added in the order in which they can run. Names of inputs, constants and nodes differ from each other.
package struct ONNXGraph: Sendable {
    /// Which operators there are and what they mean: the last set that ONNX Runtime 1.12 and later all know.
    private static let operatorSet: Int64 = 17
    /// The version of the file format that came with that set.
    private static let formatVersion: Int64 = 8

    /// A tensor that the graph takes, holds or computes.
    package struct Value: Sendable, Hashable {
        fileprivate let name: String
    }

    /// The size of an axis.
    package enum Size: Sendable, Hashable {
        /// The same whenever the model runs.
        case fixed(Int)
        /// Known only when the model runs, and the same wherever it has the same name.
        case named(String)
    }

    /// The value of an operator's attribute.
    package enum Attribute: Sendable, Hashable {
        /// A number.
        case int(Int)
        /// A text.
        case string(String)
        /// Numbers.
        case ints([Int])
        /// Numbers.
        case floats([Float])
        /// Texts.
        case strings([String])
    }

    private var graph = ONNXGraphProto()

    /// A graph without any nodes.
    package init(name: String) { graph.name = name }

    /// Takes a tensor of floats.
    package mutating func input(_ name: String, _ shape: [Size]) -> Value {
        graph.input.append(Self.declaration(name, shape))
        return Value(name: name)
    }

    /// Holds a tensor of floats.
    package mutating func constant(_ tensor: NamedTensor) -> Value {
        precondition(tensor.shape.reduce(1, *) == tensor.values.count, "the shape is not that of the values")
        var proto = ONNXTensorProto()
        proto.name = tensor.name
        proto.dims = tensor.shape.map(Int64.init)
        proto.dataType = .float
        proto.floatData = tensor.values
        graph.initializer.append(proto)
        return Value(name: tensor.name)
    }

    /// Holds a vector of integers, as some operators take shapes and axes.
    package mutating func constant(_ name: String, _ numbers: [Int]) -> Value {
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dims = [Int64(numbers.count)]
        proto.dataType = .int64
        proto.int64Data = numbers.map(Int64.init)
        graph.initializer.append(proto)
        return Value(name: name)
    }

    /// Applies an operator.
    /// - Parameters:
    ///   - name: of the node, and of what it computes.
    ///   - output: which of the operator's outputs is wanted, counted from 0.
    package mutating func node(
        _ name: String, _ type: String, _ inputs: [Value], output: Int = 0,
        _ attributes: KeyValuePairs<String, Attribute> = [:]
    ) -> Value {
        var node = ONNXNodeProto()
        node.name = name
        node.opType = type
        node.input = inputs.map(\.name)
        // An empty name stands for an output that nobody wants.
        node.output = Array(repeating: "", count: output) + [name]
        node.attribute = attributes.map(Self.attribute)
        graph.node.append(node)
        return Value(name: name)
    }

    /// Gives a tensor of floats back, under a name of its own.
    package mutating func output(_ name: String, _ value: Value, _ shape: [Size]) {
        _ = node(name, "Identity", [value])
        graph.output.append(Self.declaration(name, shape))
    }

    /// The bytes of a file with this graph, the same whenever the graph is the same; nil if it would be larger than a
    /// message may be, which is 2 GiB.
    /// - Parameter producer: what has made it.
    package func file(producer: (name: String, version: String)) -> [UInt8]? {
        var operators = ONNXOperatorSetIdProto()
        operators.version = Self.operatorSet
        var model = ONNXModelProto()
        model.irVersion = Self.formatVersion
        model.opsetImport = [operators]
        model.producerName = producer.name
        model.producerVersion = producer.version
        model.graph = graph
        return try? model.serializedBytes()
    }

    private static func declaration(_ name: String, _ shape: [Size]) -> ONNXValueInfoProto {
        var proto = ONNXValueInfoProto()
        proto.name = name
        proto.type.tensorType.elemType = .float
        proto.type.tensorType.shape.dim = shape.map { size in
            var dimension = ONNXTensorShapeProto.Dimension()
            switch size {
            case .fixed(let count): dimension.dimValue = Int64(count)
            case .named(let name): dimension.dimParam = name
            }
            return dimension
        }
        return proto
    }

    private static func attribute(_ name: String, _ value: Attribute) -> ONNXAttributeProto {
        var proto = ONNXAttributeProto()
        proto.name = name
        switch value {
        case .int(let number): (proto.type, proto.i) = (.int, Int64(number))
        case .string(let text): (proto.type, proto.s) = (.string, text)
        case .ints(let numbers): (proto.type, proto.ints) = (.ints, numbers.map(Int64.init))
        case .floats(let numbers): (proto.type, proto.floats) = (.floats, numbers)
        case .strings(let texts): (proto.type, proto.strings) = (.strings, texts)
        }
        return proto
    }
}
