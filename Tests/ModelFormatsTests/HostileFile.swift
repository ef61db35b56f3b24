import Testing

/// A file that must be refused.
struct HostileFile: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    /// A part of the expected error.
    let fragment: String

    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ fragment: String) {
        self.name = name
        self.bytes = bytes
        self.fragment = fragment
    }

    /// A file with one tensor, `a`, with the given JSON as its entry, and 4 bytes of data.
    init(_ name: String, entry: String, _ fragment: String) {
        self.init(name, SafeTensorsFile.bytes(#"{"a":\#(entry)}"#, data: 4), fragment)
    }

    /// A file with one tensor, `a`, with the given JSON as its shape, and 4 bytes of data.
    init(_ name: String, shape: String, _ fragment: String) {
        self.init(
            name, entry: #"{"dtype":"F32","shape":\#(shape),"data_offsets":[0,4]}"#, fragment)
    }

    /// A file with one tensor, `a`, of one value, with the given JSON as its offsets, and 4 bytes of data.
    init(_ name: String, offsets: String, _ fragment: String) {
        self.init(
            name, entry: #"{"dtype":"F32","shape":[1],"data_offsets":\#(offsets)}"#, fragment)
    }

    /// A file with F32 tensors of the given names, shapes and ranges, and `data` bytes of data.
    init(_ name: String, _ tensors: [(String, [Int], Range<Int>)], data: Int, _ fragment: String) {
        let entries = tensors.map { SafeTensorsFile.entry($0.0, "F32", $0.1, $0.2) }
        self.init(name, SafeTensorsFile.bytes(entries, data: data), fragment)
    }

    static let all = lengths + json + metadata + entries + shapes + offsets + layouts + counts
}

extension HostileFile {
    private static let good = SafeTensorsFile.entry("a", "F32", [1], 0..<4)

    private static let lengths = [
        HostileFile("no bytes", [], "there are 0 bytes"),
        HostileFile("seven bytes", [2, 0, 0, 0, 0, 0, 0], "there are 7 bytes"),
        HostileFile("no header", SafeTensorsFile.bytes("", length: 0), "length is 0"),
        HostileFile("length 0 before a header", SafeTensorsFile.bytes("{}", length: 0), "length is 0"),
        HostileFile("length 2^64-1", SafeTensorsFile.bytes("{}", length: .max), "is 18446744073709551615"),
        HostileFile("length 2^64-8", SafeTensorsFile.bytes("{}", length: .max - 7), "the limit"),
        HostileFile("length 2^63", SafeTensorsFile.bytes("{}", length: 1 << 63), "the limit"),
        HostileFile("length 2^63-8", SafeTensorsFile.bytes("{}", length: 1 << 63 - 8), "the limit"),
        HostileFile(
            "length over the cap", SafeTensorsFile.bytes("{}", length: 16 << 20 + 1), "limit is 16777216"),
        HostileFile(
            "length of the cap", SafeTensorsFile.bytes("{}", length: 16 << 20), "the file at byte 10"),
        HostileFile(
            "length one too large", SafeTensorsFile.bytes("{}", length: 3), "the header ends at byte 11"),
        HostileFile("length one too small", SafeTensorsFile.bytes("{}", length: 1), "ends at byte 1"),
        HostileFile("a web page", Array("<!DOCTYPE html><html></html>".utf8), "is it a safetensors file?"),
    ]

    private static let json = [
        HostileFile(
            "not UTF-8", SafeTensorsFile.bytes(Array(#"{""#.utf8) + [0xff] + Array(#"":1}"#.utf8)),
            "not UTF-8"),
        HostileFile(
            "an overlong NUL",
            SafeTensorsFile.bytes(Array(#"{""#.utf8) + [0xc0, 0x80] + Array(#"":1}"#.utf8)),
            "not UTF-8"),
        HostileFile("UTF-16", SafeTensorsFile.bytes([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), "start with '{'"),
        HostileFile("a byte order mark", SafeTensorsFile.bytes("\u{feff}{}"), "start with '{'"),
        HostileFile("white space first", SafeTensorsFile.bytes(" {}"), "start with '{'"),
        HostileFile("an array", SafeTensorsFile.bytes("[]"), "start with '{'"),
        HostileFile("a string", SafeTensorsFile.bytes(#""{}""#), "start with '{'"),
        HostileFile("no name in quotes", SafeTensorsFile.bytes("{a}"), "the name of a member"),
        HostileFile("cut off", SafeTensorsFile.bytes(#"{"a":{"#), "ends at byte 6"),
        HostileFile("a comma too many", SafeTensorsFile.bytes("{\(good),}", data: 4), "name of a member"),
        HostileFile("two objects", SafeTensorsFile.bytes("{} {}"), "follows the end"),
        HostileFile("a NUL after it", SafeTensorsFile.bytes("{}\u{0}"), "follows the end"),
        HostileFile("half a surrogate", SafeTensorsFile.bytes(#"{"\ud800":1}"#), "bad escape"),
        HostileFile(
            "a deep nest", SafeTensorsFile.bytes(#"{"a":\#(String(repeating: "[", count: 100_000))"#),
            "nested more than 32 deep"),
        HostileFile(
            "too many values",
            SafeTensorsFile.bytes(#"{"a":[0\#(String(repeating: ",0", count: 100_000))]}"#),
            "more than the maximum of 100000 values"),
        HostileFile(
            "a tensor twice", SafeTensorsFile.bytes("{\(good),\(good)}", data: 4), "'a' occurs twice"),
        HostileFile(
            "a tensor twice, once in an escape",
            SafeTensorsFile.bytes(#"{\#(good),"\u0061":1}"#, data: 4), "'a' occurs twice"),
        HostileFile(
            "metadata twice", SafeTensorsFile.bytes(#"{"__metadata__":{},"__metadata__":{}}"#),
            "'__metadata__' occurs twice"),
        HostileFile(
            "a name of metadata twice", SafeTensorsFile.bytes(#"{"__metadata__":{"k":"v","k":"v"}}"#),
            "'k' occurs twice"),
        HostileFile(
            "a member twice",
            entry: #"{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}"#, "'shape' occurs twice"),
    ]

    private static let metadata = [
        ("an array", #"["k","v"]"#, "is an array; it must be an object of strings"),
        ("a string", #""k""#, "is a string; it must be an object of strings"),
        ("null", "null", "is null; it must be an object of strings"),
        ("a number", #"{"k":1}"#, "'k' in '__metadata__' is a number; it must be a string"),
        ("null in it", #"{"k":null}"#, "'k' in '__metadata__' is null"),
        ("an object in it", #"{"a":"","k":{}}"#, "'k' in '__metadata__' is an object"),
    ].map { HostileFile("metadata: \($0)", SafeTensorsFile.bytes(#"{"__metadata__":\#($1)}"#), $2) }

    private static let entries =
        [
            HostileFile("an entry that is a number", entry: "1", "it must be an object"),
            HostileFile("an entry that is null", entry: "null", "it must be an object"),
            HostileFile("an entry that is an array", entry: #"["F32",[1],[0,4]]"#, "it must be an object"),
            HostileFile("an empty entry", entry: "{}", "'dtype' is missing"),
            HostileFile("no dtype", entry: #"{"shape":[1],"data_offsets":[0,4]}"#, "'dtype' is missing"),
            HostileFile("no shape", entry: #"{"dtype":"F32","data_offsets":[0,4]}"#, "'shape' is missing"),
            HostileFile(
                "no data_offsets", entry: #"{"dtype":"F32","shape":[1]}"#, "'data_offsets' is missing"),
            HostileFile(
                "an unknown member",
                entry: #"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}"#,
                "unknown member 'strides'"),
            HostileFile(
                "a member in capitals",
                entry: #"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"Shape":null}"#,
                "unknown member 'Shape'"),
        ]
        + [
            ("null", "is missing"), (#""f32""#, "'dtype' is 'f32'"),
            (#""F8_E4M3""#, "it must be one of 'F64'"),
            (#""""#, "'dtype' is ''"), ("32", "it must be a string"), (#""\n""#, #"'\u{a}'"#),
        ].map {
            HostileFile(
                "dtype \($0)", entry: #"{"dtype":\#($0),"shape":[1],"data_offsets":[0,4]}"#, $1)
        }
}
