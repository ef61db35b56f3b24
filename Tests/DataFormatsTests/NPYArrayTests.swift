import DataFormats
import Testing
import TimeSeries

/// Well-formed and malformed arrays in NumPy's format. `Tests/clients/test_numpy.py` has files that NumPy
/// writes.
@Suite struct NPYArrayTests {
    private static let plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    private static let numbers: [Float] = [1, 2, 3, -4, .nan, 1.5e-38]

    /// Makes a file with any version, header and header length.
    private static func file(
        _ header: String, major: UInt8 = 1, minor: UInt8 = 0, length: Int? = nil, _ data: [UInt8]
    ) -> [UInt8] {
        let text = Array((header + "\n").utf8)
        let length = length ?? text.count
        let bytes = (0..<(major == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [major, minor] + bytes + text + data
    }

    private static func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
    private static func bytes(_ values: [Double]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    private static func areIdentical(_ values: [Float], _ others: [Float]) -> Bool {
        values.map(\.bitPattern) == others.map(\.bitPattern)
    }

    @Test(
        arguments: [
            plain, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
            "{\"shape\":(2,3),\"descr\":\"<f4\",\"fortran_order\":False}",
            "{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' }"
                + String(repeating: " ", count: 99),
        ], [UInt8(1), 2, 3])
    func equivalentHeadersGiveTheSameArray(_ header: String, major: UInt8) throws {
        let array = try NPYArray(Self.file(header, major: major, Self.bytes(Self.numbers)))
        #expect(array.shape == [2, 3])
        #expect(Self.areIdentical(array.values, Self.numbers))
    }

    @Test(
        arguments: [
            ("()", []), ("(6,)", [6]), ("(1, 2, 3)", [1, 2, 3]), ("(1, 1, 2, 3, 1)", [1, 1, 2, 3, 1]),
        ])
    func anArrayHasTheShapeOfItsHeader(_ text: String, _ shape: [Int]) throws {
        let data = Self.bytes([Float](repeating: 1, count: shape.reduce(1, *)))
        let array = try NPYArray(Self.file(Self.plain.replacing("(2, 3)", with: text), data))
        #expect(array.shape == shape)
    }

    @Test func doublesAreRoundedToTheNearestFloat() throws {
        let header = Self.plain.replacing("<f4", with: "<f8")
        let doubles = [0.1, 1 / 3, -2.5, .nan, 1e-300, 3.4028234663852886e38]
        let array = try NPYArray(Self.file(header, Self.bytes(doubles)))
        #expect(Self.areIdentical(array.values, doubles.map { Float($0) }))
    }

    static let malformed: [(title: String, file: [UInt8], detail: String)] = {
        let data = bytes(numbers)
        func header(_ old: String, _ new: String) -> [UInt8] { file(plain.replacing(old, with: new), data) }
        return [
            ("no bytes", [], "not an .npy file"),
            ("JSON", Array("{\"series\":[[1]]}".utf8), "not an .npy file"),
            ("a zip archive, such as .npz", Array("PK\u{3}\u{4}".utf8) + data, "not an .npy file"),
            ("the magic bytes only", [0x93] + Array("NUMPY".utf8), "not an .npy file"),
            ("version 4.0", file(plain, major: 4, data), "version 4.0"),
            ("version 0.1", file(plain, major: 0, minor: 1, data), "version 0.1"),
            ("version 1.1", file(plain, minor: 1, data), "version 1.1"),
            ("a header longer than the file", file(plain, length: 9000, data), "ends within"),
            ("a header of 4 GiB", file(plain, major: 2, length: 0xffff_ffff, data), "the maximum is 10000"),
            ("an incomplete header length", [0x93] + Array("NUMPY".utf8) + [2, 0, 9, 0], "ends within"),
            ("a header length within the dictionary", file(plain, length: 40, data), "malformed"),
            ("no dictionary", header("{", ""), "'{' is missing"),
            ("no closing brace", header("}", ""), "a quoted string is missing"),
            ("text after the dictionary", header("}", "} x"), "follows the dictionary"),
            ("two dictionaries", header("}", "}{}"), "follows the dictionary"),
            ("an empty dictionary", file("{}", data), "descr, fortran_order and shape are required"),
            ("no shape", header(", 'shape': (2, 3)", ""), "descr, fortran_order and shape are required"),
            ("a repeated member", header("'shape'", "'descr'"), "unknown or repeated"),
            ("an unknown member", header("'shape'", "'size'"), "unknown"),
            ("an unterminated string", file("{'descr", data), "a quoted string is missing"),
            ("an escape", header("<f4", "\\x3cf4"), "printable ASCII"),
            ("two colons", header("'descr':", "'descr'::"), "a quoted string is missing"),
            ("two commas", header("<f4',", "<f4',,"), "a quoted string is missing"),
            ("fortran_order as a number", header("False", "0"), "neither True nor False"),
            ("a shape that is a list", header("(2, 3)", "[2, 3]"), "'(' is missing"),
            ("a shape that is a number", header("(2, 3)", "(6)"), "not a tuple"),
            ("a shape with only a comma", header("(2, 3)", "(,)"), "integers"),
            ("a negative shape", header("(2, 3)", "(-2, -3)"), "integers"),
            ("a shape of floats", header("(2, 3)", "(2.0, 3.0)"), "not a tuple"),
            ("Python 2's long integers", header("(2, 3)", "(2L, 3L)"), "not a tuple"),
            ("a shape beyond Int", header("(2, 3)", "(99999999999999999999, 3)"), "integers"),
            (
                "a shape whose product overflows", header("(2, 3)", "(4611686018427387904, 4)"),
                "larger than any file"
            ),
            (
                "a shape whose bytes overflow", header("(2, 3)", "(4611686018427387904,)"),
                "larger than any file"
            ),
            (
                "a shape whose product is 0 after it overflows", header("(2, 3)", "(4294967296, 4294967296)"),
                "larger than any file"
            ),
            ("an axis of 0", header("(2, 3)", "(0, 3)"), "(0, 3), which has no elements"),
            ("65 axes", header("(2, 3)", "(" + String(repeating: "1,", count: 65) + ")"), "65 axes"),
            ("one element too few", file(plain, Array(data.dropLast(4))), "20 bytes"),
            ("one byte too few", file(plain, Array(data.dropLast())), "23 bytes"),
            ("one byte too many", file(plain, data + [0]), "25 bytes"),
            ("no data", file(plain, []), "0 bytes"),
            ("Fortran order", header("False", "True"), "ascontiguousarray"),
            ("big-endian floats", header("<f4", ">f4"), "astype"),
            ("half floats", header("<f4", "<f2"), "astype"),
            ("integers", header("<f4", "<i8"), "astype"), ("objects", header("<f4", "|O"), "astype"),
            ("complex numbers", header("<f4", "<c8"), "astype"),
            ("no byte order", header("<f4", "f4"), "astype"),
            ("a structured type", header("'<f4'", "[('a', '<f4')]"), "structured element type"),
            ("an infinity", file(plain, bytes([1, 2, 3, 4, -Float.infinity, 6])), "(1, 1)"),
            (
                "a double beyond float32",
                file(plain.replacing("<f4", with: "<f8"), bytes([1, 2, 1e39, 4, 5, 6])),
                "(0, 2)"
            ),
        ]
    }()

    @Test func aMalformedFileIsAnErrorThatSaysWhy() {
        for (title, file, detail) in Self.malformed {
            let error = #expect(throws: NPYError.self, "\(title)") { try NPYArray(file) }
            #expect(
                error?.detail.contains(detail) == true,
                "\(title): expected '\(detail)' in '\(error?.detail ?? "")'")
        }
    }

    /// A file that is truncated anywhere, or has any bit of its header flipped, is read or an error.
    @Test func truncatedAndCorruptFilesDoNotTrap() throws {
        let file = NPYArray.encode(Self.numbers[...], shape: [2, 3])
        for end in file.indices { #expect(throws: NPYError.self) { try NPYArray(Array(file[..<end])) } }
        for index in 0..<128 {
            for bit in 0..<8 {
                var flipped = file
                flipped[index] ^= 1 << UInt8(bit)
                if let array = try? NPYArray(flipped) { #expect(array.values.count <= 6) }
            }
        }
    }

    @Test func anEncodedArrayReadsBack() throws {
        for shape in [[6], [2, 3], [1, 2, 3], [1, 1, 1, 6]] {
            let file = NPYArray.encode(Self.numbers[...], shape: shape)
            #expect((file.count - 24).isMultiple(of: 64), "the data are aligned")
            #expect(file[file.count - 25] == UInt8(ascii: "\n"))
            let array = try NPYArray(file)
            #expect(array.shape == shape && Self.areIdentical(array.values, Self.numbers))
        }
    }
}
