import Glibc

/// Numbers in the sentences of warnings.
extension Double {
    /// The number with three significant digits.
    package var inThreeDigits: String { text(digits: 3) }

    /// The number as a value of the data: a whole one with all of its digits, another one with twelve,
    /// without what rounding errors add to it.
    package var asValue: String {
        if let whole = Int64(exactly: self), abs(whole) < 1 << 53 { return "\(whole)" }
        return text(digits: 12)
    }

    private func text(digits: Int) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            guard let text = buffer.baseAddress else { return "\(self)" }
            _ = withVaList([digits, self]) { vsnprintf(text, buffer.count, "%.*g", $0) }
            return String(cString: text)
        }
    }
}
