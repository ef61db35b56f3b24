/// Invalid shapes and offsets, and tensors that do not cover the data exactly.
extension HostileFile {
    private static let notCounts = [
        "[-1]", "[1.5]", "[1.0]", "[1e0]", "[-0]", "[1e300]", "[9223372036854775808]",
        "[18446744073709551617]", #"["1"]"#, "[null]", "[true]", "[[1]]", "[{}]",
    ]

    static let shapes =
        notCounts.map { HostileFile("shape \($0)", shape: $0, "at index 0; it must be an integer from 0") }
        + [
            ("null", "'shape' is missing"), ("1", "it must be an array"), ("{}", "it must be an array"),
            (#""[1]""#, "it must be an array"), ("[1,1,1,1,1,1,1,1,1]", "has 9 elements"),
            ("[2]", "has 4 bytes; the shape [2] of F32 takes 8"), ("[0]", "takes 0"), ("[1,3]", "takes 12"),
            ("[9223372036854775807]", "takes more than 2^63-1"),
            ("[2305843009213693952]", "takes more than 2^63-1"),
            ("[4294967296,4294967296]", "takes more than 2^63-1"),
            ("[4294967296,4294967296,4294967296,4294967296]", "takes more than 2^63-1"),
            ("[0,9223372036854775807,2]", "takes more than 2^63-1"),
            ("[9223372036854775807,2,0]", "takes more than 2^63-1"),
            // 2^62 + 1 values: the number of bytes overflows to 4.
            ("[4611686018427387905]", "takes more than 2^63-1"),
        ].map { HostileFile("shape \($0)", shape: $0, $1) }

    static let offsets = [
        ("null", "'data_offsets' is missing"), ("4", "it must be an array of 2 integers"),
        ("[]", "has 0 elements"),
        ("[4]", "has 1 elements"), ("[0,4,8]", "has 3 elements"), (#"{"begin":0}"#, "it must be an array"),
        ("[0,4.0]", "at index 1"), ("[0,4e0]", "at index 1"), ("[-4,0]", "at index 0"),
        ("[0,null]", "at index 1"),
        (#"["0","4"]"#, "at index 0"), ("[0,9223372036854775808]", "at index 1"),
        ("[4,0]", "must not decrease"), ("[0,5]", "the data end at byte 4"),
        ("[4,8]", "the data end at byte 4"), ("[0,9223372036854775807]", "the data end at byte 4"),
        ("[9223372036854775803,9223372036854775807]", "the data end at byte 4"),
        ("[0,0]", "has 0 bytes; the shape [1] of F32 takes 4"), ("[0,3]", "has 3 bytes"),
        ("[1,4]", "has 3 bytes"),
    ].map { HostileFile("offsets \($0)", offsets: $0, $1) }

    static let layouts = [
        HostileFile("a gap before", [("a", [1], 4..<8)], data: 8, "'a' follows a gap"),
        HostileFile(
            "a gap between", [("a", [1], 0..<4), ("b", [1], 5..<9)], data: 9,
            "'b' follows a gap: it starts at byte 5 of the data and must start at byte 4"),
        HostileFile("a gap after", [("a", [1], 0..<4)], data: 5, "the tensors end at byte 4 of the data"),
        HostileFile("data without tensors", [], data: 1, "the tensors end at byte 0 of the data"),
        HostileFile("data cut off", [("a", [2], 0..<8)], data: 7, "the data end at byte 7"),
        HostileFile("no data", [("a", [2], 0..<8)], data: 0, "the data end at byte 0"),
        HostileFile(
            "an overlap", [("a", [2], 0..<8), ("b", [2], 4..<12)], data: 12,
            "'b' overlaps the previous one"),
        HostileFile("the same bytes", [("a", [1], 0..<4), ("b", [1], 0..<4)], data: 4, "overlaps"),
        HostileFile(
            "one in the other", [("a", [4], 0..<16), ("b", [1], 4..<8)], data: 16, "'b' overlaps"),
        HostileFile(
            "an empty one in another", [("a", [2], 0..<8), ("b", [0], 4..<4)], data: 8, "'b' overlaps"),
        HostileFile(
            "an empty one after a gap", [("a", [1], 0..<4), ("b", [0], 6..<6)], data: 6,
            "'b' follows a gap"),
        HostileFile("a scalar of two values", [("a", [], 0..<8)], data: 8, "the shape [] of F32 takes 4"),
    ]

    static let counts = [
        HostileFile("a name of 0 bytes", [("", [1], 0..<4)], data: 4, "the name of a tensor has 0 bytes"),
        HostileFile(
            "a name of 513 bytes", [(String(repeating: "n", count: 513), [1], 0..<4)], data: 4,
            "has 513 bytes"),
        HostileFile(
            "a name of 514 bytes and 257 characters", [(String(repeating: "é", count: 257), [1], 0..<4)],
            data: 4, "has 514 bytes"),
        HostileFile(
            "4097 tensors", (0...4096).map { ("\($0)", [0], 0..<0) }, data: 0, "there are 4097 tensors"),
    ]
}
