import HTTP1Testing

/// Fuzzes the chunked coding in two ways: the input as an encoded body, whose result must not depend on how
/// the bytes are split; and the input as content, which must be unchanged after it is encoded and decoded.
enum ChunkedFuzzing {
    private static let head = Array(
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    static func finding(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        let content = Array(input.dropFirst())
        return RequestFuzzing.difference(head + content, seed: seed)
            ?? roundTripFinding(content, size: Int(seed) + 1)
    }

    private static func roundTripFinding(_ content: [UInt8], size: Int) -> String? {
        var coded = head
        for start in stride(from: 0, to: content.count, by: size) {
            let chunk = content[start..<min(start + size, content.count)]
            coded += Array("\(String(chunk.count, radix: 16, uppercase: size % 2 == 0));e=\"\\\"\"\r\n".utf8)
            coded += chunk
            coded += [0x0d, 0x0a]
        }
        coded += Array("0\r\nTrailer: x\r\n\r\n".utf8)
        let connection = InMemoryConnection()
        connection.feed(coded, pieces: [size])
        guard connection.responses.first?.body == content else { return "the content changed" }
        return nil
    }
}
