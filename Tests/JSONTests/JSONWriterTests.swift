import JSON
import Testing

struct JSONWriterTests {
    @Test func aDocumentIsWrittenWithoutSpaces() {
        struct Layer {
            var name: String
            var shape: [Int?]
            var parameters: Int
        }
        let layers = [
            Layer(name: "lstm", shape: [nil, 3, 128], parameters: 67_072),
            Layer(name: "d", shape: [], parameters: 0),
        ]
        var json = JSONWriter()
        json.object {
            $0.member("model", "toy")
            $0.member("version", 1)
            $0.array("layers", of: layers) { json, layer in
                json.object {
                    $0.member("name", layer.name)
                    $0.array("output_shape", of: layer.shape) { json, size in
                        if let size { json.value(size) } else { json.null() }
                    }
                    $0.member("parameters", layer.parameters)
                }
            }
            $0.member("errors", [0.25, 1] as ArraySlice<Float>)
            $0.tensor("reconstructions", [1, 2, 3, 4] as ArraySlice<Float>, shape: [2, 1, 2])
            $0.object("history") { $0.member("loss", [0.5] as [Double]) }
            $0.member("ok", true)
            $0.nullMember("none")
            $0.array("mixed") {
                $0.value("a")
                $0.array { _ in }
                $0.object { _ in }
                $0.value(false)
            }
        }
        #expect(
            json.text == #"{"model":"toy","version":1,"layers":[{"name":"lstm","output_shape":[null,3,128],"#
                + #""parameters":67072},{"name":"d","output_shape":[],"parameters":0}],"errors":[0.25,1],"#
                + #""reconstructions":[[[1,2]],[[3,4]]],"history":{"loss":[0.5]},"ok":true,"none":null,"#
                + #""mixed":["a",[],{},false]}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\u{0}\u{1}\u{F}\u{10}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u000f\\u0010\\u001f\u{7F}\""),
        ("\u{2028}\u{2029}é😀", "\"\u{2028}\u{2029}é😀\""), ("a\nb\nc", #""a\nb\nc""#),
    ])
    func stringsAreEscapedAsRequired(_ string: String, _ expected: String) {
        var json = JSONWriter()
        json.value(string)
        #expect(json.text == expected)
    }

    @Test(arguments: [
        (0.1 as Float, "0.1"), (1e-3, "0.001"), (1e-5, "1e-05"), (100_000, "1e+05"),
        (3.4028235e38, "3.4028235e+38"),
        (.leastNonzeroMagnitude, "1e-45"),
        (-0.0, "-0"),
        (16_777_216, "16777216"), (.leastNormalMagnitude, "1.1754944e-38"), (.nan, "null"),
        (.infinity, "null"),
        (-.infinity, "null"),
    ])
    func floatsAreWrittenInTheirShortestForm(_ float: Float, _ expected: String) {
        var json = JSONWriter()
        json.array {
            $0.value(float)
            $0.value(Double(float).isFinite ? 0.5 : Double(float))
            $0.value([float, float])
        }
        #expect(json.text == "[\(expected),\(float.isFinite ? "0.5" : "null"),[\(expected),\(expected)]]")
    }

    @Test func tensorsOfAnyShapeAreWrittenAsNestedArrays() {
        let cases: [([Int], [Float], String)] = [
            ([0], [], "[]"), ([2, 0], [], "[[],[]]"), ([1], [1], "[1]"), ([], [1], "1"),
            ([1, 1, 1], [1], "[[[1]]]"),
        ]
        for (shape, values, expected) in cases {
            var json = JSONWriter()
            json.tensor(values[...], shape: shape)
            #expect(json.text == expected)
        }
    }

    /// Every float fits its reserved bytes, reads back bit by bit, and is at most as long as Swift's
    /// description.
    @Test func floatsAreShortAndReadBackBitByBit() {
        var random = SplitMix(seed: 4)
        var json = JSONWriter(reservingCapacity: 0)
        for _ in 0..<1_000 {
            json = JSONWriter(reservingCapacity: 0)
            // Half of the floats have random bits, half are typical of responses.
            let floats = (0..<50).map { index in
                let bits = random.next()
                return index % 2 == 0
                    ? Float(bitPattern: UInt32(truncatingIfNeeded: bits))
                    : Float(Int(bits % 20_000_000) - 10_000_000)
                        / [1, 10, 1e3, 1e6, 1e7, 3][Int(bits >> 32) % 6]
            }
            json.value(floats[...])
            let texts = json.text.dropFirst().dropLast().split(separator: ",")
            #expect(texts.count == floats.count)
            for (text, float) in zip(texts, floats) {
                #expect(float.isFinite ? Float(text)?.bitPattern == float.bitPattern : text == "null")
                #expect(!float.isFinite || text.count <= float.description.count, "\(text)")
            }
        }
    }
}
