import SwiftProtobuf

/// Builds a graph of ONNX operators and the bytes of its file (https://onnx.ai/onnx/repo-docs/IR.html).
///
/// A node must be added after the nodes that compute its inputs. Names of inputs, constants and nodes must be
/// unique; this is not checked.
package struct ONNXGraph: Sendable {
    /// Version of the operator set: the newest that all versions of ONNX Runtime since 1.12 support.
    private static let operatorSet: Int64 = 17
    /// Version of the file format that was released with the operator set.
    private static let formatVersion: Int64 = 8

    /// A tensor of the graph: an input, a constant or the output of a node.
    package struct Value: Sendable, Hashable {
        fileprivate let name: String
    }

    /// The size of an axis.
    package enum Size: Sendable, Hashable {
        /// A constant size.
        case fixed(Int)
        /// A size that is known when the model runs. Axes with the same name have the same size.
        case named(String)
    }

    /// The type of a tensor's numbers.
    package enum ElementType: Sendable {
        /// Float32.
        case float
        /// Float64.
        case double

        fileprivate var number: ONNXTensorProto.DataType { self == .float ? .float : .double }
    }

    /// The value of an operator's attribute.
    package enum Attribute: Sendable, Hashable {
        /// An integer.
        case int(Int)
        /// A string.
        case string(String)
        /// Integers.
        case ints([Int])
        /// Float32 numbers.
        case floats([Float])
        /// Strings.
        case strings([String])
    }

    private var graph = ONNXGraphProto()
    private var metadata: [ONNXStringStringEntryProto] = []

    /// Creates a graph without nodes.
    package init(name: String) { graph.name = name }

    /// Adds a text to the file's metadata (`metadata_props`).
    package mutating func metadata(_ key: String, _ value: String) {
        var entry = ONNXStringStringEntryProto()
        entry.key = key
        entry.value = value
        metadata.append(entry)
    }

    /// Adds an input.
    package mutating func input(_ name: String, _ shape: [Size], _ type: ElementType = .float) -> Value {
        graph.input.append(Self.declaration(name, shape, type))
        return Value(name: name)
    }

    /// Adds a constant number.
    package mutating func scalar(_ name: String, _ number: Double, _ type: ElementType = .float) -> Value {
        constant(name, [number], shape: [], type)
    }

    /// Adds a constant vector.
    package mutating func vector(
        _ name: String, _ numbers: [Double], _ type: ElementType = .float
    ) -> Value { constant(name, numbers, shape: [numbers.count], type) }

    /// Adds a constant vector of float32.
    package mutating func vector(_ name: String, _ numbers: [Float]) -> Value {
        constant(NamedTensor(name: name, shape: [numbers.count], values: numbers))
    }

    private mutating func constant(
        _ name: String, _ numbers: [Double], shape: [Int], _ type: ElementType
    ) -> Value {
        guard type == .double else {
            return constant(NamedTensor(name: name, shape: shape, values: numbers.map { Float($0) }))
        }
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dims = shape.map(Int64.init)
        proto.dataType = .double
        proto.doubleData = numbers
        graph.initializer.append(proto)
        return Value(name: name)
    }

    /// Adds a node that converts numbers.
    package mutating func cast(_ name: String, _ value: Value, to type: ElementType) -> Value {
        node(name, "Cast", [value], ["to": .int(type.number.rawValue)])
    }

    /// Adds a constant, a tensor of float32 (in ONNX, an initializer).
    package mutating func constant(_ tensor: NamedTensor) -> Value {
        precondition(
            tensor.shape.reduce(1, *) == tensor.values.count, "the number of values does not match the shape")
        var proto = ONNXTensorProto()
        proto.name = tensor.name
        proto.dims = tensor.shape.map(Int64.init)
        proto.dataType = .float
        proto.floatData = tensor.values
        graph.initializer.append(proto)
        return Value(name: tensor.name)
    }

    /// Adds a constant vector of int64, the type of shapes and axes.
    package mutating func constant(_ name: String, _ numbers: [Int]) -> Value {
        var proto = ONNXTensorProto()
        proto.name = name
        proto.dims = [Int64(numbers.count)]
        proto.dataType = .int64
        proto.int64Data = numbers.map(Int64.init)
        graph.initializer.append(proto)
        return Value(name: name)
    }

    /// Adds a node that applies an operator.
    /// - Parameters:
    ///   - name: name of the node and of its output.
    ///   - type: name of the operator.
    ///   - inputs: the operator's inputs.
    ///   - output: index of the operator's output that is used, counted from 0.
    ///   - attributes: the operator's attributes.
    /// - Returns: the output.
    package mutating func node(
        _ name: String, _ type: String, _ inputs: [Value], output: Int = 0,
        _ attributes: KeyValuePairs<String, Attribute> = [:]
    ) -> Value {
        var node = ONNXNodeProto()
        node.name = name
        node.opType = type
        node.input = inputs.map(\.name)
        // An empty name marks an output that is not used.
        node.output = Array(repeating: "", count: output) + [name]
        node.attribute = attributes.map(Self.attribute)
        graph.node.append(node)
        return Value(name: name)
    }

    /// Adds an output of the graph under its own name.
    package mutating func output(
        _ name: String, _ value: Value, _ shape: [Size], _ type: ElementType = .float
    ) {
        _ = node(name, "Identity", [value])
        graph.output.append(Self.declaration(name, shape, type))
    }

    /// Returns the bytes of a file with this graph. Equal graphs give equal bytes. Returns nil if the file
    /// would exceed 2 GiB, the maximum of a protobuf message.
    /// - Parameter producer: name and version of the software, for the file's metadata.
    package func file(producer: (name: String, version: String)) -> [UInt8]? {
        var operators = ONNXOperatorSetIdProto()
        operators.version = Self.operatorSet
        var model = ONNXModelProto()
        model.irVersion = Self.formatVersion
        model.opsetImport = [operators]
        model.producerName = producer.name
        model.producerVersion = producer.version
        model.graph = graph
        model.metadataProps = metadata
        return try? model.serializedBytes()
    }

    private static func declaration(
        _ name: String, _ shape: [Size], _ type: ElementType
    ) -> ONNXValueInfoProto {
        var proto = ONNXValueInfoProto()
        proto.name = name
        proto.type.tensorType.elemType = type.number
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
