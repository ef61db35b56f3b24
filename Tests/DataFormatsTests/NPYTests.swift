import DataFormats
import Testing
import TimeSeries

/// Arrays in NumPy's format, good ones and bad ones. `Tests/clients/test_numpy.py` has NumPy itself write them.
@Suite struct NPYTests {
    private static let plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    private static let numbers: [Float] = [1, 2, 3, -4, .nan, 1.5e-38]

    /// A file of any version and header.
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

    private static func isSame(_ values: [Float], _ others: [Float]) -> Bool {
        values.map(\.bitPattern) == others.map(\.bitPattern)
    }

    @Test(
        arguments: [
            plain, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
            "{\"shape\":(2,3),\"descr\":\"<f4\",\"fortran_order\":False}",
            "{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' }"
                + String(repeating: " ", count: 99),
        ], [UInt8(1), 2, 3])
    func headersThatMeanTheSame(_ header: String, major: UInt8) throws {
        let array = try NPYArray(Self.file(header, major: major, Self.bytes(Self.numbers)))
        #expect(array.shape == [2, 3])
        #expect(Self.isSame(array.values, Self.numbers))
    }

    @Test(
        arguments: [
            ("()", []), ("(6,)", [6]), ("(1, 2, 3)", [1, 2, 3]), ("(1, 1, 2, 3, 1)", [1, 1, 2, 3, 1]),
        ])
    func shapes(_ text: String, _ shape: [Int]) throws {
        let data = Self.bytes([Float](repeating: 1, count: shape.reduce(1, *)))
        let array = try NPYArray(Self.file(Self.plain.replacing("(2, 3)", with: text), data))
        #expect(array.shape == shape)
    }

    @Test func doublesAreRounded() throws {
        let header = Self.plain.replacing("<f4", with: "<f8")
        let doubles = [0.1, 1 / 3, -2.5, .nan, 1e-300, 3.4028234663852886e38]
        let array = try NPYArray(Self.file(header, Self.bytes(doubles)))
        #expect(Self.isSame(array.values, doubles.map { Float($0) }))
    }

    static let bad: [(what: String, file: [UInt8], says: String)] = {
        let data = bytes(numbers)
        func header(_ old: String, _ new: String) -> [UInt8] { file(plain.replacing(old, with: new), data) }
        return [
            ("nothing", [], "no .npy file"), ("JSON", Array("{\"series\":[[1]]}".utf8), "no .npy file"),
            ("a zip archive, as .npz is one", Array("PK\u{3}\u{4}".utf8) + data, "no .npy file"),
            ("the magic alone", [0x93] + Array("NUMPY".utf8), "no .npy file"),
            ("version 4.0", file(plain, major: 4, data), "version 4.0"),
            ("version 0.1", file(plain, major: 0, minor: 1, data), "version 0.1"),
            ("version 1.1", file(plain, minor: 1, data), "version 1.1"),
            ("a header that is longer than the file", file(plain, length: 9000, data), "ends within"),
            ("a header of 4 GiB", file(plain, major: 2, length: 0xffff_ffff, data), "10000 are the most"),
            ("a length that is cut", [0x93] + Array("NUMPY".utf8) + [2, 0, 9, 0], "ends within"),
            ("a length that cuts the header", file(plain, length: 40, data), "malformed"),
            ("no dictionary", header("{", ""), "'{' is missing"),
            ("no end", header("}", ""), "a text in quotes is missing"),
            ("something behind the dictionary", header("}", "} x"), "follows the dictionary"),
            ("two dictionaries", header("}", "}{}"), "follows the dictionary"),
            ("an empty dictionary", file("{}", data), "needs descr"),
            ("no shape", header(", 'shape': (2, 3)", ""), "needs descr, fortran_order and shape"),
            ("a member twice", header("'shape'", "'descr'"), "there twice"),
            ("an unknown member", header("'shape'", "'size'"), "unknown"),
            ("an open text", file("{'descr", data), "a text in quotes is missing"),
            ("an escape", header("<f4", "\\x3cf4"), "not expected"),
            ("two colons", header("'descr':", "'descr'::"), "a text in quotes is missing"),
            ("two commas", header("<f4',", "<f4',,"), "a text in quotes is missing"),
            ("fortran_order as a number", header("False", "0"), "neither True nor False"),
            ("a shape that is a list", header("(2, 3)", "[2, 3]"), "'(' is missing"),
            ("a shape that is a number", header("(2, 3)", "(6)"), "no tuple"),
            ("a shape of a comma", header("(2, 3)", "(,)"), "integers"),
            ("a negative shape", header("(2, 3)", "(-2, -3)"), "integers"),
            ("a shape of floats", header("(2, 3)", "(2.0, 3.0)"), "no tuple"),
            ("Python 2's long integers", header("(2, 3)", "(2L, 3L)"), "no tuple"),
            ("a shape past Int", header("(2, 3)", "(99999999999999999999, 3)"), "integers"),
            ("a shape whose product overflows", header("(2, 3)", "(4611686018427387904, 4)"), "no file"),
            ("a shape whose bytes overflow", header("(2, 3)", "(4611686018427387904,)"), "no file"),
            (
                "a shape whose product is 0 after it overflows", header("(2, 3)", "(4294967296, 4294967296)"),
                "no file"
            ),
            ("an axis of 0", header("(2, 3)", "(0, 3)"), "is empty"),
            ("65 axes", header("(2, 3)", "(" + String(repeating: "1,", count: 65) + ")"), "65 axes"),
            ("a number too few", file(plain, Array(data.dropLast(4))), "20 bytes"),
            ("a byte too few", file(plain, Array(data.dropLast())), "23 bytes"),
            ("a byte too many", file(plain, data + [0]), "25 bytes"),
            ("no data", file(plain, []), "0 bytes"),
            ("Fortran order", header("False", "True"), "ascontiguousarray"),
            ("big-endian floats", header("<f4", ">f4"), "astype"),
            ("half floats", header("<f4", "<f2"), "astype"),
            ("integers", header("<f4", "<i8"), "astype"), ("objects", header("<f4", "|O"), "astype"),
            ("complex numbers", header("<f4", "<c8"), "astype"),
            ("no byte order", header("<f4", "f4"), "astype"),
            ("fields", header("'<f4'", "[('a', '<f4')]"), "several fields"),
            ("an infinity", file(plain, bytes([1, 2, 3, 4, -Float.infinity, 6])), "(1, 1)"),
            (
                "a double past float32",
                file(plain.replacing("<f4", with: "<f8"), bytes([1, 2, 1e39, 4, 5, 6])),
                "(0, 2)"
            ),
        ]
    }()

    @Test func badFilesAreRefused() {
        for (what, file, says) in Self.bad {
            let error = #expect(throws: NPYError.self, "\(what)") { try NPYArray(file) }
            #expect(error?.detail.contains(says) == true, "\(what): \(error?.detail ?? "")")
        }
    }

    /// Wherever a file ends or a byte of its header is another, it is read or refused.
    @Test func cutAndFlippedFilesDoNotTrap() throws {
        let file = NPYArray.file(Self.numbers[...], shape: [2, 3])
        for end in file.indices { #expect(throws: NPYError.self) { try NPYArray(Array(file[..<end])) } }
        for index in 0..<128 {
            for bit in 0..<8 {
                var flipped = file
                flipped[index] ^= 1 << UInt8(bit)
                if let array = try? NPYArray(flipped) { #expect(array.values.count <= 6) }
            }
        }
    }

    @Test func whatIsWrittenReadsBack() throws {
        for shape in [[6], [2, 3], [1, 2, 3], [1, 1, 1, 6]] {
            let file = NPYArray.file(Self.numbers[...], shape: shape)
            #expect((file.count - 24).isMultiple(of: 64), "the data are aligned")
            #expect(file[file.count - 25] == UInt8(ascii: "\n"))
            let array = try NPYArray(file)
            #expect(array.shape == shape && Self.isSame(array.values, Self.numbers))
        }
    }
}
