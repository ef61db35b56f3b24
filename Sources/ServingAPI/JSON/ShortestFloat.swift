/// The shortest decimal that reads back to the same float32, for the numbers that make up nearly all answers.
///
/// `Float.description` gives the same text for any float, by way of a string for each. What follows is for the
/// floats that are written without an exponent and have a fraction: there, integers of 64 bits are exact.
///
/// Let f = m·2⁻ˢ, with m of 24 bits. All decimals within half of 2⁻ˢ from f read back to f. With k digits behind
/// the point, decimals are 10⁻ᵏ apart:
/// - for the largest k with 10⁻ᵏ ≥ 2⁻ˢ at most one of them is that near, and if a shorter one is, it is the same,
///   with zeros at its end;
/// - failing that, with k + 1 digits the nearest one always is.
enum ShortestFloat {
    /// The longest text: -0.00010000001 and its like.
    static let longest = 16

    /// 10^k up to the k + 1 that the smallest float written here needs.
    private static let powers: [UInt64] = [
        1, 10, 100, 1000, 10000, 100000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000,
    ]

    /// Writes the float if it is one of those, into room for ``longest`` bytes.
    ///
    /// - Returns: how many bytes were written, or 0 for a float that is left to `description`.
    static func write(_ float: Float, to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
        // From 10⁻⁴, where the standard library begins to write exponents, to 2²³, where fractions end.
        guard float.magnitude >= 1e-4, float.magnitude < 0x1p23 else { return 0 }
        // A power of two has its lower neighbour at half the distance.
        guard float.significandBitPattern != 0 else { return 0 }
        let mantissa = UInt64(float.significandBitPattern | (1 << 23))
        let shift = 23 - (Int(float.exponentBitPattern) - 127)  // s, from 1 to 37

        var places = (shift * 1233) >> 12  // s·log₁₀2, rounded down
        var power = powers[places]
        var scaled = mantissa * power
        var decimal = nearest(scaled, shift)
        let distance = Int64(bitPattern: (decimal << shift) &- scaled).magnitude
        // The bounds themselves read back to f if m is even, since ties round to even.
        let isNear = mantissa & 1 == 0 ? 2 * distance <= power : 2 * distance < power
        if !isNear {
            places += 1
            power = powers[places]
            scaled = mantissa * power
            decimal = nearest(scaled, shift)
        }

        var end = 0
        if float.sign == .minus {
            text[0] = UInt8(ascii: "-")
            end = 1
        }
        let whole = decimal < power ? 0 : decimal / power
        end = write(whole, digits: digits(whole), to: text, at: end)
        text[end] = UInt8(ascii: ".")
        var fraction = decimal - whole * power
        while places > 1, fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        return write(fraction, digits: max(places, 1), to: text, at: end + 1)
    }

    /// x·2⁻ˢ to the nearest integer, a tie to the even one.
    @inline(__always)
    private static func nearest(_ x: UInt64, _ shift: Int) -> UInt64 {
        let floor = x >> shift
        let rest = x - (floor << shift)
        let half: UInt64 = 1 << (shift - 1)
        return rest > half || (rest == half && floor & 1 == 1) ? floor + 1 : floor
    }

    private static func digits(_ number: UInt64) -> Int {
        var count = 1
        while count < 8, number >= powers[count] { count += 1 }
        return count
    }

    /// The number with exactly so many digits; returns where they end. Two digits at a time: each division has
    /// to wait for the one before.
    private static func write(
        _ number: UInt64, digits: Int, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) -> Int {
        var number = number
        var position = start + digits
        while position - start >= 2 {
            let rest = number / 100
            let pair = UInt32(truncatingIfNeeded: number &- rest &* 100)
            let tens = (pair &* 103) >> 10
            position -= 2
            text[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: tens)
            text[position + 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
            number = rest
        }
        if position > start {
            text[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)
        }
        return start + digits
    }
}
