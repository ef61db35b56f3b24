import HTTP1
import HTTP1Testing

/// Fuzzes the request parser: the responses must depend neither on how the bytes of a connection are split,
/// nor on whether bodies are kept in memory or received piece by piece. The first byte of an input determines
/// the splits.
enum RequestFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        return difference(Array(input.dropFirst()), seed: seed)
    }

    /// Describes how the responses to bytes that arrive at once differ from those to the same bytes in
    /// pieces, or to a handler with receivers; `nil` if they do not differ.
    static func difference(_ bytes: [UInt8], seed: UInt8) -> String? {
        let whole = outcome(bytes, pieces: [.max])
        for pieces in [[1], [Int(seed % 16) + 1, Int(seed / 16) + 1], [Int(seed) + 1, .max]] {
            let split = outcome(bytes, pieces: pieces)
            guard split == whole else { return "pieces of \(pieces): \(split) instead of \(whole)" }
            let received = outcome(bytes, pieces: pieces, ReceivingHandler(maxBodyBytes: maxBodyBytes))
            guard received == whole else { return "receivers: \(received) instead of \(whole)" }
        }
        guard whole.sent.isEmpty || whole.sent.hasPrefix("HTTP/1.1 ") else {
            return "no status line: \(whole.sent)"
        }
        return nil
    }

    private struct Outcome: Equatable {
        let sent: String
        let isClosed: Bool
    }

    private static let maxBodyBytes = 4096

    private static func outcome(
        _ bytes: [UInt8], pieces: [Int], _ handler: any Handler = SampleHandler()
    ) -> Outcome {
        var limits = Limits()
        limits.maxBodyBytes = maxBodyBytes
        limits.maxFieldLineBytes = 256
        limits.maxRequestLineBytes = 256
        limits.maxHeaderSectionBytes = 1024
        let connection = InMemoryConnection(limits: limits, handler: handler)
        connection.feed(bytes, pieces: pieces)
        let isClosed = connection.isClosed
        connection.end()
        // Remove interim responses, which the server omits when the body arrives together with the head.
        let sent = String(decoding: connection.sent, as: UTF8.self)
            .split(separator: "HTTP/1.1 100 Continue\r\n\r\n", omittingEmptySubsequences: true).joined()
        return Outcome(sent: sent, isClosed: isClosed)
    }
}
