extension Double {
    /// The nearest finite number; NaN for NaN.
    @inlinable public var limited: Double {
        min(max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
}

extension Float {
    /// Returns the nearest finite number to a double; NaN for NaN.
    @inlinable
    public static func limiting(_ value: Double) -> Float {
        let limit = Double(greatestFiniteMagnitude)
        return Float(min(max(value, -limit), limit))
    }
}
