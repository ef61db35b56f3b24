/// A timestamp that is a number, exact to 10⁻⁹ of its unit.
struct ClockNumber {
    /// The number, rounded toward zero.
    let whole: Int64
    /// The rest in billionths, with the sign of the number.
    let billionths: Int64
    /// Whether the number is whole and was written without a fraction and an exponent.
    let isInteger: Bool

    init(_ integer: Int64) {
        (whole, billionths, isInteger) = (integer, 0, true)
    }

    /// nil for a number that is not finite, or beyond 64 bits.
    init?(_ number: Double) {
        guard let whole = Int64(exactly: number.rounded(.towardZero)) else { return nil }
        self.whole = whole
        billionths = Int64(((number - Double(whole)) * 1e9).rounded())
        isInteger = false
    }

    /// Reads a number of a style; nil for other text.
    init?(_ text: NumberText, _ style: NumberStyle) {
        if let exact = Self.exact(text.bytes, style) {
            self = exact
        } else if let number = text.number(style), let inexact = ClockNumber(number) {
            self = inexact
        } else {
            return nil
        }
    }

    private init(whole: Int64, billionths: Int64, isInteger: Bool) {
        (self.whole, self.billionths, self.isInteger) = (whole, billionths, isInteger)
    }

    /// Reads digits with an optional decimal mark; nil for other text, and beyond 64 bits.
    private static func exact(_ bytes: UnsafeBufferPointer<UInt8>, _ style: NumberStyle) -> ClockNumber? {
        let mark = UInt8(ascii: style.hasDecimalCommas ? "," : ".")
        let isNegative = bytes.first == UInt8(ascii: "-")
        var (whole, billionths, unit): (Int64, Int64, Int64) = (0, 0, 1_000_000_000)
        var isInteger = true
        guard bytes.count > (isNegative ? 1 : 0) else { return nil }
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            if byte == mark, isInteger {
                isInteger = false
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            if isInteger {
                let (product, isOverflow) = whole.multipliedReportingOverflow(by: 10)
                let (sum, isSumOverflow) = product.addingReportingOverflow(digit)
                guard !isOverflow, !isSumOverflow else { return nil }
                whole = sum
            } else {
                unit /= 10
                billionths += digit * unit
            }
        }
        return ClockNumber(
            whole: isNegative ? -whole : whole, billionths: isNegative ? -billionths : billionths,
            isInteger: isInteger)
    }

    /// The number as a double.
    var double: Double { Double(whole) + Double(billionths) / 1e9 }

    /// Returns the number as nanoseconds; nil beyond 64 bits.
    func nanoseconds(_ unit: TimeUnit) -> Int64? {
        let (product, isOverflow) = whole.multipliedReportingOverflow(by: unit.rawValue)
        let fraction = Int64(1_000_000_000).dividingFullWidth(
            billionths.multipliedFullWidth(by: unit.rawValue)
        ).quotient
        let (sum, isSumOverflow) = product.addingReportingOverflow(fraction)
        return isOverflow || isSumOverflow ? nil : sum
    }
}

extension ClockNumber: Comparable {
    static func < (left: ClockNumber, right: ClockNumber) -> Bool {
        (left.whole, left.billionths) < (right.whole, right.billionths)
    }

    static func == (left: ClockNumber, right: ClockNumber) -> Bool {
        (left.whole, left.billionths) == (right.whole, right.billionths)
    }
}
