import DataFormats
import Testing
import TimeSeries

@Suite struct NumPyArrayTests {
    /// A file of format version 1.0.
    static func file(_ descr: String, _ shape: String, isFortranOrder: Bool = false, _ data: [UInt8])
        -> [UInt8]
    {
        let text =
            "{'descr': '\(descr)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
            + "'shape': \(shape), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + data
    }

    static func data<Bits: FixedWidthInteger>(_ bits: [Bits], bigEndian: Bool = false) -> [UInt8] {
        bits.flatMap { bits in
            withUnsafeBytes(of: bigEndian ? bits.bigEndian : bits.littleEndian) { Array($0) }
        }
    }

    static let types: [(descr: String, data: [UInt8], values: [Double])] = [
        ("<f8", data([0.1, -2.5e300].map(\.bitPattern)), [0.1, -2.5e300]),
        (">f8", data([0.1, 1e9 + 1].map(\.bitPattern), bigEndian: true), [0.1, 1e9 + 1]),
        ("<f4", data([Float(0.1), -2].map(\.bitPattern)), [Double(Float(0.1)), -2]),
        (">f4", data([Float(0.1), -2].map(\.bitPattern), bigEndian: true), [Double(Float(0.1)), -2]),
        ("<f2", data([UInt16(0x3C00), 0xC000, 0x0001, 0x7BFF, 0x7E00]), [1, -2, 0x1p-24, 65504, .nan]),
        (">f2", data([UInt16(0x3555)], bigEndian: true), [0.333251953125]),
        ("|i1", data([Int8(-128), 127]), [-128, 127]), ("|u1", data([UInt8(255)]), [255]),
        ("<i2", data([Int16(-300)]), [-300]), (">u2", data([UInt16(40000)], bigEndian: true), [40000]),
        ("<i4", data([Int32(-70000)]), [-70000]), ("<u4", data([UInt32(4_000_000_000)]), [4_000_000_000]),
        ("<i8", data([Int64(4_000_000_001_500), -1]), [4_000_000_001_500, -1]),
        (">i8", data([Int64(4_000_000_001_500)], bigEndian: true), [4_000_000_001_500]),
        ("<u8", data([UInt64(1 << 53)]), [0x1p53]), ("|b1", [0, 1], [0, 1]),
    ]

    @Test(arguments: types) func everyTypeOfNumbersIsRead(
        _ type: (descr: String, data: [UInt8], values: [Double])
    )
        throws
    {
        let array = try NumPyArray(npy: Self.file(type.descr, "(\(type.values.count), 1)", type.data))
        #expect(array.shape == [type.values.count, 1])
        #expect(array.values.map(\.description) == type.values.map(\.description))
        #expect(array.warnings.isEmpty)
    }

    @Test func fortranOrderIsTransposed() throws {
        let matrix = Self.data([1, 3, 5, 2, 4, 6].map { Double($0).bitPattern })
        let array = try NumPyArray(npy: Self.file("<f8", "(3, 2)", isFortranOrder: true, matrix))
        #expect(array.shape == [3, 2] && array.values == [1, 2, 3, 4, 5, 6])
        let table = try Table(array)
        #expect(table.featureCount == 2 && table.rows == 3 && table.features == nil)
        #expect(table.columns.map(\.name) == ["0", "1"] && table.recordings == [0..<3])
        // [2][3][4], of which the element at (i, j, k) is 100i + 10j + k.
        var bytes: [UInt8] = []
        for k: Int32 in 0..<4 {
            for j: Int32 in 0..<3 {
                for i: Int32 in 0..<2 { bytes += Self.data([100 * i + 10 * j + k]) }
            }
        }
        let cube = try NumPyArray(npy: Self.file("<i4", "(2, 3, 4)", isFortranOrder: true, bytes))
        let expected = (0..<24).map { index -> Double in
            let (i, j, k) = (index / 12, index / 4 % 3, index % 4)
            return Double(100 * i + 10 * j + k)
        }
        #expect(cube.values == expected)
    }

    @Test func anEncodedArrayReadsBack() throws {
        let doubles = [1e9 + 0.125, -0.1, .nan, .leastNonzeroMagnitude, 0, 1]
        let array = try NumPyArray(npy: NumPyArray.encode(doubles[...], shape: [3, 2]))
        #expect(array.shape == [3, 2] && array.values.map(\.bitPattern) == doubles.map(\.bitPattern))
        let floats: [Float] = [0.1, 2]
        #expect(
            try NumPyArray(npy: NumPyArray.encode(floats[...], shape: [1, 2])).values
                == floats.map(Double.init))
    }

    @Test func lostPrecisionIsTold() throws {
        let integers = try NumPyArray(npy: Self.file("<i8", "(2, 1)", Self.data([Int64(1 << 53) + 1, 5])))
        #expect(integers.values == [0x1p53, 5] && integers.warnings.map(\.code) == [.precision])
        let offset = Self.data([Float(1e9), 1e9 + 64, 1e9 - 64].map(\.bitPattern))
        #expect(try NumPyArray(npy: Self.file("<f4", "(3, 1)", offset)).warnings.map(\.code) == [.precision])
        let states = Self.data([Float(100_000), 100_001].map(\.bitPattern))
        #expect(try NumPyArray(npy: Self.file("<f4", "(2, 1)", states)).warnings.isEmpty)
    }

    static let refused: [(file: [UInt8], kind: TableError.Kind, words: [String])] = [
        (file("|O", "(1, 1)", [0]), .format, ["Python objects", "dtype=float"]),
        (file("<U5", "(1, 1)", []), .format, ["text", "astype(float)"]),
        (file("<M8[ns]", "(1, 1)", []), .format, ["times", "CSV"]),
        (file("<c16", "(1, 1)", []), .format, ["complex"]),
        (file("<f16", "(1, 1)", []), .format, ["'<f16'", "astype(float)"]),
        (file("<f8", "(3,)", [UInt8](repeating: 0, count: 24)), .content, ["one axis", "reshape(-1, 1)"]),
        (file("<f8", "()", [UInt8](repeating: 0, count: 8)), .content, ["0 axes"]),
        (file("<f8", "(1, 1, 1)", [UInt8](repeating: 0, count: 8)), .content, ["3 axes"]),
        (file("<f8", "(2, 1)", [0]), .content, ["1 bytes", "(2, 1)", "needs 16"]),
        (file("<f8", "(0, 3)", []), .content, ["no elements"]),
        (file("<f8", "(4294967296, 4294967296)", []), .content, ["larger than any file"]),
        (
            file("<f8", "(2, 2)", data([1, 2, 3, Double.infinity].map(\.bitPattern))), .content,
            ["infinite", "(1, 1)"]
        ),
        ([0x1F, 0x8B, 0x08], .gzip, ["gzip"]),
        (Array("PK\u{3}\u{4}".utf8), .format, [".npz", "numpy.save"]),
        ([0x80, 0x04, 0x95], .format, ["pickle"]),
        (Array("a,b\n1,2\n".utf8), .format, ["not an .npy file"]),
        (Array("{\"series\": [[1]]}".utf8), .format, ["JSON", "application/json"]),
        (file("|V8", "(1,)", [UInt8](repeating: 0, count: 8)), .format, ["records"]),
        (file("<m8[s]", "(1, 1)", []), .format, ["times"]),
        (
            file("<f8", "(1, 1, 1, 2)", [UInt8](repeating: 0, count: 16)), .content,
            ["4 axes", "reshape(-1, 2)"]
        ),
    ]

    @Test(arguments: refused) func otherFilesAreNamed(
        _ file: (file: [UInt8], kind: TableError.Kind, words: [String])
    )
        throws
    {
        let error = try #require(throws: TableError.self) { _ = try Table(npy: file.file) }
        #expect(error.kind == file.kind)
        for word in file.words { #expect(error.description.contains(word), "in: \(error)") }
    }

    @Test func structuredTypesAreNamed() throws {
        let text = "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }\n"
        let file = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
        let error = try #require(throws: TableError.self) { _ = try Table(npy: file) }
        #expect(error.description.contains("records") && error.description.contains("dtype=float"))
    }
}
