import JSON
import Testing

/// Documents that are refused, with the pointer and a part of the detail of each error.
struct JSONErrorTests {
    typealias Bad = (text: String, pointer: String, fragment: String)

    /// Documents that are not JSON.
    static let malformed: [Bad] = [
        ("", "", "the body is empty"), (" \n ", "", "only white space"),
        ("{", "", "ends at byte 1"), ("[", "/0", "ends at byte 1"), ("[1", "", "ends at byte 2"),
        ("[1,", "/1", "ends at byte 3"), ("[[1]", "", "ends at byte 4"), (#"{"a""#, "", "ends at byte 4"),
        (#"{"a":"#, "/a", "ends at byte 5"), (#"{"a":1"#, "", "ends at byte 6"),
        (#"{"a":1,"#, "", "ends at byte 7"),
        (#"{"a":{}"#, "", "ends at byte 7"), (#"{"a":[1,2,{"b":[3"#, "/a/2/b", "ends at byte 17"),
        ("]", "", "']' at byte 0; expected a value"), ("[}", "/0", "'}' at byte 1"),
        ("{]", "", "']' at byte 1"),
        ("[1}", "", "'}' at byte 2; expected ',' or ']'"),
        (#"{"a":1]"#, "", "']' at byte 6; expected ',' or '}'"),
        ("[1 2]", "", "'2' at byte 3; expected ',' or ']'"), (#"["a""b"]"#, "", "a string at byte 4"),
        (#"["a"b]"#, "", "'b' at byte 4"), ("[1,]", "/1", "']' at byte 3"), ("[,1]", "/0", "',' at byte 1"),
        ("[1,,2]", "/1", "',' at byte 3"), (#"{"a" 1}"#, "", "'1' at byte 5; expected ':'"),
        (#"{"a"}"#, "", "; expected ':'"),
        (#"{"a":1,}"#, "", "the name of a member"), ("{1:2}", "", "the name of a member"),
        ("{,}", "", "the name of a member"),
        (#"{"a":1 "b":2}"#, "", "a string at byte 7; expected ',' or '}'"),
        (#"{"a"::1}"#, "/a", "':' at byte 5"),
        ("{} {}", "", "follows the end of the document"), ("[1]2", "", "'2' at byte 3 follows"),
        ("1 1", "", "follows"),
        ("nulll", "", "'nulll' at byte 0 is not JSON"), ("[truee]", "/0", "'truee'"),
        ("[falsey]", "/0", "'falsey'"),
        ("[nul]", "/0", "'nul'"), ("tru", "", "'tru'"), ("[NaN]", "/0", "write null for a missing value"),
        ("[None]", "/0", "write null"), ("[True]", "/0", "write true"),
        ("[Infinity]", "/0", "JSON has no Infinity"),
        ("[-Infinity]", "/0", "JSON has no Infinity"), ("[01]", "/0", "without leading zeros"),
        ("-01", "", "leading zeros"),
        ("[1x]", "/0", "'1x' at byte 1 is not a number"), ("[1.]", "/0", "'1.'"),
        ("[.5]", "/0", "numbers start with"),
        ("[+1]", "/0", "numbers start with"), ("[1e]", "/0", "'1e'"), ("[1e+]", "/0", "'1e+'"),
        ("[-]", "/0", "'-'"),
        ("[--1]", "/0", "'--1'"), ("[0x10]", "/0", "'0x10'"), ("[1_000]", "/0", "'1_000'"),
        ("[1.2.3]", "/0", "'1.2.3'"),
        (#"[1"a"]"#, "/0", "not a number"), ("[1,/* */2]", "/1", "JSON has no comments"),
        ("// x\n1", "", "no comments"),
        ("['a']", "/0", "double quotes"),
        ("{a:1}", "", "'a' at byte 1 is not JSON; expected the name of a member"),
        ("\u{FEFF}", "", "the body is empty"), (#"{"a":"b}"#, "", "inside the string that begins at byte 5"),
        ("[\"a\nb\"]", "", "raw control character at byte 3"),
        ("[\"\u{0}\"]", "", "control character at byte 2"),
        (#"["\x"]"#, "/0", "bad escape"), (#"["\u12g4"]"#, "/0", "bad escape"),
        (#"["\ud800"]"#, "/0", "bad escape"),
        (#"["\udc00"]"#, "/0", "bad escape"), (#"["\ud800\u0041"]"#, "/0", "bad escape"),
        (#"{"\ud800":1}"#, "", "bad escape"),
        ("[\u{1F4A5}]", "/0", "'💥' at byte 1"), (#"{"windows":[[1,2],[3"#, "/windows/1", "ends at byte"),
        (#"{"windows":[[1,2],[3,4]"#, "/windows", "ends at byte"),
        (#"{"windows":[[1,2],[3,4]}"#, "/windows", "'}' at byte 23"),
        (#"{"windows":[1 2]}"#, "/windows", "'2' at byte 14; expected ',' or ']'"),
        (#"{"windows":[1,]}"#, "/windows/1", "']' at byte"),
        (#"{"windows":[[1],]}"#, "/windows/1", "']' at byte"),
        (#"{"windows":[[1][2]]}"#, "/windows", "'[' at byte"),
        (#"{"windows":[01]}"#, "/windows/0", "leading zeros"),
        (#"{"windows":[-.5]}"#, "/windows/0", "'-.5'"), (#"{"windows":[1.]}"#, "/windows/0", "'1.'"),
        (#"{"windows":[2e]}"#, "/windows/0", "'2e'"), (#"{"windows":[0x1]}"#, "/windows/0", "'0x1'"),
        ("[99999999999999999999x]", "/0", "x' at byte 1 is not a number"), ("[1e999.]", "/0", "'1e999.'"),
        ("[-.5]", "/0", "'-.5'"), ("[1.e5]", "/0", "'1.e5'"), ("[-nan]", "/0", "'-nan'"),
        (#"{"windows":[1,NaN]}"#, "/windows/1", "write null"),
        (#"{"windows":[nulll]}"#, "/windows/0", "'nulll'"),
        (#"{"windows":[1:2]}"#, "/windows", "':' at byte"),
        (#"{"windows":[1,"\x"]}"#, "/windows/1", "bad escape"),
        (#"{"windows":}"#, "/windows", "'}' at byte 11"),
    ]

    /// Documents that are JSON, but not acceptable.
    static let invalid: [Bad] = [
        (#"{"a":1,"b":{"c":0,"c":1}}"#, "/b/c", "the member 'c' occurs twice"),
        (#"{"a/~b":1,"a/~b":1}"#, "/a~1~0b", "occurs twice"),
        (#"{"\n":1,"\u000a":1}"#, "/\n", #"'\u{a}' occurs twice"#),
        ("[1e999]", "/0", "'1e999' at byte 1 is beyond the range of a double"),
        ("-1e309", "", "beyond the range"), ("[123456789012345678901e300]", "/0", "beyond the range"),
        (String(repeating: "[", count: 33), String(repeating: "/0", count: 32), "nested more than 32 deep"),
        (#"{"windows":3}"#, "/windows", "found the number '3'; expected nested arrays"),
        (#"{"windows":"x"}"#, "/windows", "found a string; expected nested"),
        (#"{"windows":{}}"#, "/windows", "found an object; expected nested"),
        (#"{"windows":[]}"#, "/windows", "an array is empty"),
        (#"{"windows":[[1],[]]}"#, "/windows/1", "an array is empty"),
        (#"{"windows":[[[1]],[]]}"#, "/windows/1", "an array is empty"),
        (#"{"series":[[1,2],[1,2],[1,2,3]]}"#, "/series/2", "has 3 values; the previous rows have 2"),
        (#"{"series":[[1,2],[3]]}"#, "/series/1", "has 1 value; the previous"),
        (#"{"windows":[[[1],[2]],[[3]]]}"#, "/windows/1", "has 1 value; the previous rows have 2"),
        (#"{"windows":[[[1,2]],[[3,4]],[[5,6,7]]]}"#, "/windows/2/0", "has 3 values"),
        (#"{"windows":[1,"2"]}"#, "/windows/1", "found a string among numbers"),
        (#"{"windows":[[1,true]]}"#, "/windows/0/1", "found a boolean among numbers"),
        (#"{"windows":[[1],["x"]]}"#, "/windows/1/0", "found a string among numbers"),
        (#"{"windows":[[1],"x"]}"#, "/windows/1", "found a string among numbers"),
        (#"{"windows":[{"a":1}]}"#, "/windows/0", "found an object among numbers"),
        (#"{"windows":[1,[2]]}"#, "/windows/1", "found an array where the previous rows have a number"),
        (#"{"windows":[[1,2],[3,[4]]]}"#, "/windows/1/1", "found an array where"),
        (#"{"windows":[[1],2]}"#, "/windows/1", "found '2' where the previous rows have an array"),
        (#"{"windows":[[1],null]}"#, "/windows/1", "where the previous rows have an array"),
        (#"{"windows":[[[[[1]]]]]}"#, "/windows/0/0/0/0", "nested more than 4 deep"),
        (#"{"inputs":[{},{"data":[1,"x"]}]}"#, "/inputs/1/data/1", "found a string among numbers"),
        (
            "[" + String(repeating: "0,", count: 100_000) + "0]", "/99999",
            "more than the maximum of 100000 values"
        ),
    ]

    @Test(arguments: malformed)
    func bodiesThatAreNotJSONAreMalformed(_ bad: Bad) {
        expect(bad, .malformed)
    }

    @Test(arguments: invalid)
    func jsonThatIsNotAcceptableIsInvalid(_ bad: Bad) {
        expect(bad, .invalid)
    }

    private func expect(_ bad: Bad, _ kind: JSONError.Kind) {
        do {
            let value = try JSONFixtures.parse(bad.text)
            Issue.record(
                """
                \(bad.text.prefix(80)) should be refused, but was read as \
                \(JSONWriter.text(of: value).prefix(80))
                """
            )
        } catch {
            let note = Comment("\(bad.text.prefix(80)): \(error)")
            #expect(error.kind == kind, note)
            #expect(error.pointer == bad.pointer, note)
            #expect(error.detail.contains(bad.fragment), note)
        }
    }

    static let notUTF8: [[UInt8]] = [
        [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        [0x22, 0xE2, 0x82, 0x22],
        [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x5B, 0x80, 0x5D],
    ]

    @Test(arguments: notUTF8)
    func bodiesThatAreNotUTF8AreMalformed(_ body: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSONReader.parse(body) }
        #expect(error?.kind == .malformed)
        #expect(error?.detail.contains("not UTF-8: byte ") == true, "\(error?.detail ?? "")")
    }

    @Test func errorsTruncateTextFromTheBody() {
        let text = "[" + String(repeating: "x", count: 10_000) + "]"
        let error = #expect(throws: JSONError.self) { try JSONFixtures.parse(text) }
        #expect((error?.detail.count ?? .max) < 300)
        let name = String(repeating: "ä", count: 10_000)
        let twice = #expect(throws: JSONError.self) {
            try JSONFixtures.parse(#"{"\#(name)":1,"\#(name)":1}"#)
        }
        #expect((twice?.detail.count ?? .max) < 300)
        #expect((twice?.pointer?.count ?? .max) < 300)
    }

    @Test func nestingUpToTheMaximumIsRead() throws {
        let text = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(JSONWriter.text(of: try JSONFixtures.parse(text)) == text)
    }
}
