import Foundation

/// Random numbers that are the same for the same seed.
package struct Noise {
    private var state: UInt64

    package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    /// A number that is uniform in (0, 1) (SplitMix64).
    package mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return (Double(bits >> 11) + 0.5) * 0x1p-53
    }

    /// A number of the standard normal distribution (Box and Muller).
    package mutating func normal() -> Double {
        (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// Columns that follow a common process, which forgets its past within about `memory` rows.
    package mutating func series(_ rows: Int, columns: Int, memory: Double) -> [[Double]] {
        let keep = 1 - 1 / memory
        var state = [normal(), normal()]
        let mixture = (0..<columns).map { _ in [normal(), normal()] }
        return (0..<rows).map { _ in
            state = state.map { keep * $0 + (1 - keep * keep).squareRoot() * normal() }
            return mixture.map { $0[0] * state[0] + $0[1] * state[1] + 0.3 * normal() }
        }
    }
}
