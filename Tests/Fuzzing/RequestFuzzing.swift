import HTTP1
import HTTP1Testing

/// Bytes on a connection mean the same however they are cut. The first byte of an input is the seed of the cuts.
enum RequestFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        guard let seed = input.first else { return nil }
        return difference(Array(input.dropFirst()), seed: seed)
    }

    /// How the answers to bytes that come whole differ from those to the same bytes in pieces.
    static func difference(_ bytes: [UInt8], seed: UInt8) -> String? {
        let whole = outcome(bytes, pieces: [.max])
        for pieces in [[1], [Int(seed % 16) + 1, Int(seed / 16) + 1], [Int(seed) + 1, .max]] {
            let cut = outcome(bytes, pieces: pieces)
            guard cut == whole else { return "pieces of \(pieces): \(cut) instead of \(whole)" }
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

    private static func outcome(_ bytes: [UInt8], pieces: [Int]) -> Outcome {
        var limits = Limits()
        limits.body = 4096
        limits.fieldLine = 256
        limits.requestLine = 256
        limits.headerSection = 1024
        let conversation = Conversation(limits: limits)
        conversation.feed(bytes, pieces: pieces)
        let isClosed = conversation.isClosed
        conversation.end()
        // The interim answer is left out when the body has come together with the head.
        let sent = String(decoding: conversation.sent, as: UTF8.self)
            .split(separator: "HTTP/1.1 100 Continue\r\n\r\n", omittingEmptySubsequences: true).joined()
        return Outcome(sent: sent, isClosed: isClosed)
    }
}
