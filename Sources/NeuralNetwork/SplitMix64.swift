import Glibc

/// The SplitMix64 random number generator (Steele, Lea & Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). The standard library has no generator with a seed.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter stream: generators with the same seed and different streams are independent.
    package init(seed: UInt64, stream: UInt64 = 0) {
        state = seed
        // Seeds that differ in one bit must not lead to overlapping sequences, so the seed is mixed before
        // the stream is added.
        state = next() ^ (stream &* 0xd1b5_4a32_d192_ed03)
        state = next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Returns a uniform number in [0, 1) with the 24 bits of a float32's significand.
    package mutating func nextUniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Returns a number of the standard normal distribution (Box & Muller 1958).
    package mutating func nextNormal() -> Float {
        let radius = (-2 * logf(1 - nextUniform())).squareRoot()
        return radius * cosf(2 * .pi * nextUniform())
    }
}
