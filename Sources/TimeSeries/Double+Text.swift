import Glibc

extension Double {
    /// The number with three significant digits, for a sentence.
    package var inThreeDigits: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            guard let text = buffer.baseAddress else { return "\(self)" }
            _ = withVaList([self]) { vsnprintf(text, buffer.count, "%.3g", $0) }
            return String(cString: text)
        }
    }
}
