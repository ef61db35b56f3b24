import HTTP1
import Synchronization

/// What a request is called in the log and in its answer.
package enum RequestID {
    /// The field that carries it, in requests and in answers.
    static let field = "X-Request-Id"

    private static let alphabet = ByteSet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:+/=")
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let start = UInt64.random(in: 0 ... .max)
    private static let count = Atomic<UInt64>(0)

    /// The client's own, if it has 1 to 128 letters, digits and `-._~:+/=`; a new one otherwise.
    static func of(_ fields: HeaderFields?) -> String {
        guard let sent = fields?[field], (1...128).contains(sent.utf8.count),
            alphabet.containsAll(sent.utf8)
        else { return new() }
        return sent
    }

    /// 13 digits of 5 bits each. None comes twice in a process: SplitMix64's mixing of a counter is a permutation. It is
    /// no secret, and short enough that Swift has it in no memory of its own.
    package static func new() -> String {
        var bits = start &+ count.add(1, ordering: .relaxed).newValue &* 0x9e37_79b9_7f4a_7c15
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
