import JSON
import Testing

/// Damage: nothing that is cut off may pass, and nothing at all may crash.
struct JSONRobustnessTests {
    let whole = Array(JSONFixtures.everything.utf8)

    @Test func refusesEveryTruncation() {
        for length in 0..<whole.count {
            #expect(throws: JSONError.self, "\(length)") {
                try JSONReader.parse(Array(whole[..<length]), tensors: JSONFixtures.tensors)
            }
        }
    }

    /// What lies behind the body in its buffer is what has been cut off, or something that would close it.
    @Test(arguments: ["", "]", "}", "]}]}]}]}]}", "\"}]", "0]}", ",1]}", " ]}", "null]}"])
    func neverReliesOnWhatLiesBehindTheBody(_ behind: String) {
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
    func readsScalarsNoFurtherThanTheyGo(_ text: String, _ behind: String) throws {
        var body = Array((text + behind).utf8)
        body.reserveCapacity(body.count + 256)
        body.removeLast(behind.utf8.count)
        #expect(JSONWriter.text(of: try JSONReader.parse(body)) == text)
    }

    @Test func survivesMutation() {
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
            // What was read can be written and read again.
            let text = JSONWriter.text(of: value)
            #expect(throws: Never.self, "\(text)") { try JSONFixtures.parse(text) }
        }
        #expect(read > 0)
    }
}
