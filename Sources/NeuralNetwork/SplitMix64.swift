import Glibc

/// A small seeded generator: the standard library has none that can be seeded.
///
/// SplitMix64 of Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter stream: generators of the same seed with different streams are independent.
    init(seed: UInt64, stream: UInt64 = 0) {
        state = seed
        // Two seeds that differ in one bit must not give streams that overlap, so both are mixed before
        // they meet.
        state = next() ^ (stream &* 0xd1b5_4a32_d192_ed03)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1) with 24 bits, all that a float32 holds.
    mutating func nextUniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Standard normal (Box & Muller 1958).
    mutating func nextNormal() -> Float {
        let radius = (-2 * logf(1 - nextUniform())).squareRoot()
        return radius * cosf(2 * .pi * nextUniform())
    }
}
