import JSON
import Testing

/// Damaged documents: truncated ones are refused, and none crashes the reader.
struct JSONRobustnessTests {
    let whole = Array(JSONFixtures.everything.utf8)

    @Test func everyTruncatedDocumentIsRefused() {
        for length in 0..<whole.count {
            #expect(throws: JSONError.self, "\(length)") {
                try JSONReader.parse(Array(whole[..<length]), tensors: JSONFixtures.tensors)
            }
        }
    }

    /// The bytes after the body in its buffer are the rest of the document, or bytes that would complete it.
    @Test(arguments: ["", "]", "}", "]}]}]}]}]}", "\"}]", "0]}", ",1]}", " ]}", "null]}"])
    func bytesAfterTheBodyDoNotMatter(_ behind: String) {
        for length in 0..<whole.count {
            var body = behind.isEmpty ? whole : whole[..<length] + Array(behind.utf8)
            body.reserveCapacity(body.count + 256)
            body.removeLast(body.count - length)
            #expect(throws: JSONError.self, "\(length) \(behind)") {
                try JSONReader.parse(body, tensors: JSONFixtures.tensors)
            }
        }
    }

    @Test(arguments: [("1", "23"), ("1", ".5"), ("1", "x"), ("true", "x"), ("null", "l"), ("-12", "e3")])
    func scalarsEndWhereTheBodyEnds(_ text: String, _ behind: String) throws {
        var body = Array((text + behind).utf8)
        body.reserveCapacity(body.count + 256)
        body.removeLast(behind.utf8.count)
        #expect(JSONWriter.text(of: try JSONReader.parse(body)) == text)
    }

    @Test func mutatedDocumentsAreRefusedOrReadButNeverCrash() {
        var random = SplitMix(seed: 3)
        let alphabet = Array("[]{},:\"\\0123456789.eE+-ntfu \n\u{0}é".utf8)
        var read = 0
        for _ in 0..<20_000 {
            var body = whole
            for _ in 0...Int(random.next() % 4) {
                let position = Int(random.next() % UInt64(body.count))
                switch random.next() % 4 {
                case 0: body[position] = UInt8(truncatingIfNeeded: random.next())
                case 1: body[position] = alphabet[Int(random.next() % UInt64(alphabet.count))]
                case 2: body.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: position)
                default: body.remove(at: position)
                }
            }
            guard let value = try? JSONReader.parse(body, tensors: JSONFixtures.tensors) else { continue }
            read += 1
            // A document that was accepted can be written and read again.
            let text = JSONWriter.text(of: value)
            #expect(throws: Never.self, "\(text)") { try JSONFixtures.parse(text) }
        }
        #expect(read > 0, "no mutated document was accepted")
    }
}
