import ModelFormats
import Testing

/// ONNX files, compared byte by byte with the protobuf encoding of ONNX's fields.
struct ONNXGraphTests {
    /// A length-delimited field of less than 16384 bytes: tag, length, content.
    private static func field(_ number: UInt8, _ content: [UInt8]...) -> [UInt8] {
        let content = content.flatMap(\.self)
        let low = UInt8(content.count & 0x7f)
        let length = content.count < 128 ? [low] : [low | 0x80, UInt8(content.count >> 7)]
        return [number << 3 | 2] + length + content
    }

    private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    private static func varint(_ number: UInt8, _ value: UInt8) -> [UInt8] { [number << 3, value] }

    private static func floats(_ values: Float...) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }

    /// A `ValueInfoProto` of float32 `[n, 2]`.
    private static func declaration(_ name: String) -> [UInt8] {
        let shape = field(1, field(2, "n")) + field(1, varint(1, 2))
        return field(1, name) + field(2, field(1, varint(1, 1), field(2, shape)))
    }

    /// An attribute. Its type is field 20, whose tag takes two bytes.
    private static func attribute(_ name: String, type: UInt8, _ value: [UInt8]) -> [UInt8] {
        field(5, field(1, name), value, [0xa0, 0x01, type])
    }

    @Test func aGraphIsEncodedAsONNXSpecifies() throws {
        let shape: [ONNXGraph.Size] = [.named("n"), .fixed(2)]
        var graph = ONNXGraph(name: "g")
        let input = graph.input("x", shape)
        let weights = graph.constant(NamedTensor(name: "w", shape: [1, 2], values: [1.5, -2]))
        let axis = graph.constant("a", [0])
        let value = graph.node(
            "v", "Op", [input, weights, axis], output: 1,
            [
                "i": .int(7), "s": .string("t"), "f": .floats([0.5]), "n": .ints([1, 0]),
                "l": .strings(["p", "q"]),
            ])
        graph.output("y", value, shape)

        let node =
            Self.field(1, "x") + Self.field(1, "w") + Self.field(1, "a") + Self.field(2, "")
            + Self.field(2, "v") + Self.field(3, "v") + Self.field(4, "Op")
            + Self.attribute("i", type: 2, Self.varint(3, 7))
            + Self.attribute("s", type: 3, Self.field(4, "t"))
            + Self.attribute("f", type: 6, Self.field(7, Self.floats(0.5)))
            + Self.attribute("n", type: 7, Self.field(8, [1, 0]))
            + Self.attribute("l", type: 8, Self.field(9, "p") + Self.field(9, "q"))
        let end = Self.field(1, "v") + Self.field(2, "y") + Self.field(3, "y") + Self.field(4, "Identity")
        let tensors =
            Self.field(
                5, Self.field(1, [1, 2]), Self.varint(2, 1), Self.field(4, Self.floats(1.5, -2)),
                Self.field(8, "w"))
            + Self.field(5, Self.field(1, [1]), Self.varint(2, 7), Self.field(7, [0]), Self.field(8, "a"))
        let expected =
            Self.field(1, node) + Self.field(1, end) + Self.field(2, "g") + tensors
            + Self.field(11, Self.declaration("x")) + Self.field(12, Self.declaration("y"))
        let file = try #require(graph.file(producer: (name: "me", version: "1")))
        let head = Self.varint(1, 8) + Self.field(2, "me") + Self.field(3, "1")
        #expect(file == head + Self.field(7, expected) + Self.field(8, Self.varint(2, 17)))
    }
}
