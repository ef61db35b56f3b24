import ModelFormats
import Testing

/// Files that are accepted.
struct SafeTensorsTests {
    /// Zeros, subnormals, infinities, and quiet and signalling NaNs with payloads and signs.
    static let bits: [UInt32] = [
        0, 0x8000_0000, 1, 0x8000_0001, 0x007f_ffff, 0x0080_0000, 0x3f80_0000, 0x7f7f_ffff, 0x7f80_0000,
        0xff80_0000, 0x7fc0_0000, 0x7f80_0001, 0xffff_ffff, 0x7fed_cba9,
    ]

    static let tensors = [
        NamedTensor(name: "lstm/lstm_cell/kernel", shape: [7, 2], values: bits.map(Float.init(bitPattern:))),
        NamedTensor(name: "none", shape: [3, 0, 2], values: []),
        NamedTensor(name: "scalar", shape: [], values: [-0.1]),
        NamedTensor(name: "é\"\\\n\u{0}💡", shape: [1, 1, 1, 1, 1, 1, 1, 2], values: [1, 2]),
    ]

    static let metadata = [("z", "1"), ("a", "{\"json\": \"é\\n\u{0}\"}"), ("", "")].map {
        (name: $0.0, value: $0.1)
    }

    @Test func whatIsWrittenIsReadBackBitByBit() throws {
        let file = SafeTensors.write(Self.tensors, metadata: Self.metadata)
        let (header, tensors) = try SafeTensors.read(file)
        #expect(header.dataStart % 64 == 0)
        #expect(header.dataStart + header.dataCount == file.count)
        #expect(header.metadata.elementsEqual(Self.metadata, by: ==))
        #expect(tensors.map(\.name) == Self.tensors.map(\.name))
        #expect(tensors.map(\.shape) == Self.tensors.map(\.shape))
        #expect(
            tensors.map { $0.values.map(\.bitPattern) } == Self.tensors.map { $0.values.map(\.bitPattern) })
        #expect(SafeTensors.write(tensors, metadata: header.metadata) == file)
    }

    @Test func aFileHasTheLayoutThatTheFormatSpecifies() throws {
        let file = SafeTensors.write(
            [NamedTensor(name: "a", shape: [2], values: [1, -2])], metadata: [(name: "k", value: "v")])
        let json =
            #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        #expect(file.prefix(8) == [120, 0, 0, 0, 0, 0, 0, 0])
        #expect(String(decoding: file[8..<128], as: UTF8.self) == json + String(repeating: " ", count: 41))
        #expect(file[128...] == [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
    }

    @Test func aFileNeedsNeitherMetadataNorTensors() throws {
        let (header, tensors) = try SafeTensors.read(SafeTensors.write([], metadata: []))
        #expect(header.metadata.isEmpty && header["k"] == nil)
        #expect(tensors.isEmpty && header.dataCount == 0)
        #expect(try SafeTensors.read(SafeTensorsFile.bytes("{}")).tensors == [])
    }

    @Test func metadataIsFoundByName() throws {
        let header = try SafeTensors.read(SafeTensors.write([], metadata: Self.metadata)).header
        #expect(header["z"] == "1" && header[""] == "" && header["b"] == nil)
    }

    /// Listing a folder of models reads headers without data.
    @Test func aHeaderIsReadWithoutTheData() throws {
        let file = SafeTensors.write(Self.tensors, metadata: Self.metadata)
        let count = try SafeTensorsHeader.byteCount(Array(file.prefix(8)))
        let header = try SafeTensorsHeader(Array(file.prefix(count)), fileSize: file.count)
        #expect(header.dataStart == count)
        #expect(try header.entries == SafeTensors.read(file).header.entries)
        for size in [0, 8, count - 1, count, file.count - 1, file.count + 1, .max, -1] {
            #expect(throws: SafeTensorsError.self) { try SafeTensorsHeader(file, fileSize: size) }
        }
        #expect(throws: SafeTensorsError.self) {
            try SafeTensorsHeader(Array(file.prefix(count - 1)), fileSize: file.count)
        }
    }

    @Test func entriesAreInTheOrderOfTheirData() throws {
        let entries = [
            SafeTensorsFile.entry("b", "F32", [1], 4..<8), SafeTensorsFile.entry("y", "F32", [0], 4..<4),
            SafeTensorsFile.entry("x", "F32", [0, 9], 4..<4), SafeTensorsFile.entry("a", "F32", [], 0..<4),
            SafeTensorsFile.entry("z", "F32", [0], 8..<8),
        ]
        let header = try SafeTensors.read(SafeTensorsFile.bytes(entries, data: 8)).header
        #expect(header.entries.map(\.name) == ["a", "y", "x", "b", "z"])
        #expect(header.entries.map(\.range) == [0..<4, 4..<4, 4..<4, 4..<8, 8..<8])
    }

    /// Types, the bytes of three values, and the values as floats.
    static let conversions: [(String, [UInt8], [Float])] = [
        ("F32", [0, 0, 0xc0, 0x3f, 1, 0, 0, 0, 0, 0, 0x80, 0xff], [1.5, 0x1p-149, -.infinity]),
        ("F16", [0, 0x3e, 1, 0, 0, 0xfc], [1.5, 0x1p-24, -.infinity]),
        ("BF16", [0xc0, 0x3f, 1, 0, 0x80, 0xff], [1.5, 0x1p-133, -.infinity]),
        (
            "F64",
            [0, 0, 0, 0, 0, 0, 0xf8, 0x3f] + [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f]
                + [0, 0, 0, 0, 0, 0, 0xf0, 0xc7], [1.5, 0.1, -.infinity]
        ),
    ]

    @Test(arguments: conversions)
    func floatsOfAllTypesAreConvertedToFloat32(_ dtype: String, _ bytes: [UInt8], _ values: [Float]) throws {
        // 0 to 7 spaces after the header: values need not be aligned.
        let entries = [
            SafeTensorsFile.entry("pad", "F16", [0], 0..<0),
            SafeTensorsFile.entry("a", dtype, [3], 0..<bytes.count),
        ]
        for spaces in 0..<8 {
            let header =
                "{" + entries.joined(separator: ",") + "}" + String(repeating: " ", count: spaces)
            let file = SafeTensorsFile.bytes(Array(header.utf8), data: bytes)
            #expect(try SafeTensors.read(file).tensors.last?.values == values)
        }
    }

    @Test func integersAreListedInTheHeaderButNotRead() throws {
        for dtype in SafeTensorsHeader.DType.allCases {
            let size = dtype.byteCount * 3
            let file = SafeTensorsFile.bytes(
                [SafeTensorsFile.entry("weight", dtype.rawValue, [3], 0..<size)], data: size)
            let header = try SafeTensorsHeader(file, fileSize: file.count)
            #expect(header.entries.map(\.dtype) == [dtype])
            if [.f64, .f32, .f16, .bf16].contains(dtype) {
                #expect(try SafeTensors.read(file).tensors.map(\.values) == [[0, 0, 0]])
            } else {
                let error = #expect(throws: SafeTensorsError.self) { try SafeTensors.read(file) }
                #expect(error?.description.contains("'weight' is of type \(dtype.rawValue)") == true)
            }
        }
    }

    @Test func aFileWithTheMaximumNumberOfTensorsIsRead() throws {
        let tensors = (0..<SafeTensorsHeader.maxTensors).map {
            NamedTensor(name: "\($0)", shape: [1, 1, 1, 1, 1, 1, 1, 1], values: [Float($0)])
        }
        #expect(try SafeTensors.read(SafeTensors.write(tensors, metadata: [])).tensors == tensors)
    }
}
