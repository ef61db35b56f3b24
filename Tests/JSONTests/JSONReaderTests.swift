import JSON
import Testing

/// Documents that are accepted.
struct JSONReaderTests {
    /// Documents, and the text that a writer writes of each.
    static let documents = [
        ("null", "null"), (" true\n", "true"), ("false", "false"), ("1", "1"), ("-0", "-0"), ("0", "0"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9223372036854775808"), ("1.5", "1.5"), ("1E+2", "100"),
        ("1e-999", "0"),
        ("0.12345678901234567890123", "0.12345678901234568"), ("0e999", "0"), (#""""#, #""""#),
        ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("18446744073709551615", "18446744073709551616"),
        ("-18446744073709551617", "-18446744073709551616"),
        (
            "[0.30000000000000004441,-0,-0.0,-0e9]", "[0.30000000000000004,-0,-0,-0]"
        ),
        ("[1e00000000000000000000001,1e-99999999999999999999]", "[10,0]"),
        (#""\u0041\u00e9\u20ac\ud83d\ude00\/\b\f\n\r\t\\\"""#, #""Aé€😀/\b\f\n\r\t\\\"""#),
        (#""\u0000\u001f""#, #""\u0000\u001f""#), ("[]", "[]"), ("{}", "{}"), ("[ ]", "[]"),
        (#"[1,[2,{"a":[{}]}],"b"]"#, #"[1,[2,{"a":[{}]}],"b"]"#),
        (#"{"b":1,"a":{"b":2}}"#, #"{"b":1,"a":{"b":2}}"#), (#"{"":0,"a/b~c":1}"#, #"{"":0,"a/b~c":1}"#),
        (#"{"windows":null}"#, #"{"windows":null}"#),
        // 9007199254740993 is not a double, so it shows whether an array was read as a tensor.
        (#"{"windows":[1,9007199254740993]}"#, #"{"windows":[1,9007199254740992]}"#),
        (#"{"a":{"windows":[9007199254740993]}}"#, #"{"a":{"windows":[9007199254740993]}}"#),
        (#"[{"windows":[9007199254740993]}]"#, #"[{"windows":[9007199254740993]}]"#),
        (
            #"{"inputs":[{"data":[9007199254740993]},{"data":[[2],[9007199254740993]]}]}"#,
            #"{"inputs":[{"data":[9007199254740992]},{"data":[[2],[9007199254740992]]}]}"#
        ),
        (
            #"{"inputs":{"data":[9007199254740993]},"data":[1]}"#,
            #"{"inputs":{"data":[9007199254740993]},"data":[1]}"#
        ),
    ]

    @Test(arguments: documents)
    func documentsAreRead(_ text: String, _ expected: String) throws {
        #expect(JSONWriter.text(of: try JSONFixtures.parse(text)) == expected)
    }

    /// Texts with their shapes and values, where NaN stands for null.
    static let tensors: [(String, [Int], [Double])] = [
        ("[1]", [1], [1]),
        ("[0.3, 0.027]", [2], [0.3, 0.027]),
        ("[[1,2],[3,4],[5,6]]", [3, 2], [1, 2, 3, 4, 5, 6]),
        ("[ [ [ 1e0 , -2.50 ] ] , [ [ 0.1E1 , 3e+2 ] ] ]", [2, 1, 2], [1, -2.5, 1, 300]),
        ("[[[[1]]],[[[2]]]]", [2, 1, 1, 1], [1, 2]),
        ("[null,1]", [2], [.nan, 1]),
        ("[[1,null],[null,4]]", [2, 2], [1, .nan, .nan, 4]),
        (
            "[3.4028235e38,1e-46,-1e-999,16777217,0.1]", [5],
            [3.4028235e38, 1e-46, -0.0, 16_777_217, 0.1]
        ),
        ("[0.12345678901234567890123,0.000000000000000000001]", [2], [0.12345678901234567890123, 1e-21]),
        (
            "[0.30000000000000004441,-0,18446744073709551616,-1e-99999]", [4],
            [0.30000000000000004441, -0.0, 0x1p64, -0.0]
        ),
        (
            "[12345678.12345678,-0.12345678,1.123456789012]", [3],
            [12_345_678.12345678, -0.12345678, 1.123456789012]
        ),
    ]

    @Test(arguments: tensors)
    func tensorsAreReadIntoDoubles(_ text: String, _ shape: [Int], _ values: [Double]) throws {
        let tensor = try #require(try JSONFixtures.windows(text))
        #expect(tensor.shape == shape)
        #expect(tensor.missing == values.indices.filter { values[$0].isNaN })
        #expect(
            tensor.values.map { $0.isNaN ? 0 : $0.bitPattern } == values.map { $0.isNaN ? 0 : $0.bitPattern })
    }

    /// A value that no double holds is still the largest value there is.
    @Test func numbersBeyondTheRangeOfADoubleBecomeTheLargestDouble() throws {
        let largest = Double.greatestFiniteMagnitude
        let zeros = String(repeating: "0", count: 1000)
        #expect(
            try JSONFixtures.windows("[1e39,1e309,-1e999,1\(zeros)]")?.values
                == [1e39, largest, -largest, largest])
    }

    @Test func floatsThatAreWrittenReadBackBitByBit() throws {
        var random = SplitMix(seed: 1)
        let values = (0..<50_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
            .filter(\.isFinite)
        var json = JSONWriter()
        json.object { $0.member("windows", values[...]) }
        guard case .object(let object) = try JSONReader.parse(json.bytes, tensors: ["windows"]),
            case .tensor(let tensor)? = object["windows"]
        else { return #expect(Bool(false), "expected a tensor") }
        #expect(tensor.values.map { Float($0).bitPattern } == values.map(\.bitPattern))
    }

    /// A million digits, in numbers that are in range and in one that is not.
    @Test func numbersMayHaveAnyLength() throws {
        let zeros = String(repeating: "0", count: 1_000_000)
        #expect(
            try JSONFixtures.windows("[1\(zeros)e-1000000,0.\(zeros)1,1.5\(zeros)]")?.values == [1, 0, 1.5])
        for text in ["1\(zeros)", "[1\(zeros)]"] {
            let error = #expect(throws: JSONError.self) { try JSONFixtures.parse(text) }
            #expect(error?.detail.contains("is beyond the range") == true, "\(error?.detail ?? "no error")")
        }
    }

    /// Compares numbers of many lengths with the standard library's conversion of the same text.
    @Test func doublesAreRoundedCorrectly() throws {
        var random = SplitMix(seed: 2)
        for _ in 0..<20_000 {
            let digits = String(random.next()) + String(random.next())
            let whole = digits.prefix(Int(random.next() % 12) + 1).drop { $0 == "0" }
            var text = (whole.isEmpty ? "0" : whole) + "." + digits.suffix(Int(random.next() % 24) + 1)
            if random.next() % 2 == 0 { text += "e\(Int(random.next() % 80) - 40)" }
            let expected = try #require(Double(text))
            guard case .array(let elements) = try JSONFixtures.parse("[\(text)]"),
                case .number(let number)? = elements.first
            else { return #expect(Bool(false), "expected a number: \(text)") }
            #expect(number == expected, "\(text)")
        }
    }

    @Test func bodiesWithAndWithoutSpareCapacityGiveTheSameValue() throws {
        let text = JSONFixtures.everything
        var roomy = Array(text.utf8)
        roomy.reserveCapacity(roomy.count + 1_000)
        let tight = roomy.withUnsafeBufferPointer { Array($0) }
        let expected = JSONWriter.text(of: try JSONFixtures.parse(text))
        #expect(JSONWriter.text(of: try JSONReader.parse(roomy, tensors: JSONFixtures.tensors)) == expected)
        #expect(JSONWriter.text(of: try JSONReader.parse(tight, tensors: JSONFixtures.tensors)) == expected)
    }

    @Test func threadsCanParseAtTheSameTime() async throws {
        // 64 tasks share the pool of parsers.
        let expected = JSONWriter.text(of: try JSONFixtures.parse(JSONFixtures.everything))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try (0..<50).allSatisfy { _ in
                        JSONWriter.text(of: try JSONFixtures.parse(JSONFixtures.everything)) == expected
                    }
                }
            }
            for try await same in group { #expect(same) }
        }
    }
}

/// The SplitMix64 generator: the same seed gives the same numbers on every platform.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
