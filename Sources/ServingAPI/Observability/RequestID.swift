import HTTP1
import Synchronization

/// The ID of a request, which its log line and its response contain.
package enum RequestID {
    /// The header field of the ID, in requests and responses.
    static let field = "X-Request-Id"

    private static let alphabet = ByteSet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:+/=")
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    /// The first value of the generator's state.
    private static let seed = UInt64.random(in: 0 ... .max)
    private static let count = Atomic<UInt64>(0)

    /// Returns the ID that the client sent, if it consists of 1 to 128 letters, digits and `-._~:+/=`;
    /// otherwise a new one.
    static func of(_ fields: HeaderFields?) -> String {
        guard let sent = fields?[field], (1...128).contains(sent.utf8.count),
            alphabet.containsAll(sent.utf8)
        else { return new() }
        return sent
    }

    /// Returns a new ID of 13 digits of 5 bits each. IDs are unique within a process, because SplitMix64's
    /// mixing of a counter is a permutation. They are not secret, and short enough for Swift's inline
    /// strings, which are not allocated on the heap.
    package static func new() -> String {
        var bits = seed &+ count.add(1, ordering: .relaxed).newValue &* 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        return String(unsafeUninitializedCapacity: 13) { buffer in
            for index in 0..<13 {
                buffer.initializeElement(at: index, to: digits[Int(bits & 31)])
                bits >>= 5
            }
            return 13
        }
    }
}
