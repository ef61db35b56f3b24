/// A JSON value as a tree, as ``JSONReader`` returns it.
///
/// Large arrays of numbers are not trees: where the caller expects one, the reader returns a ``Tensor``.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits. `-0` is a ``number(_:)``.
    case integer(Int64)
    /// Any other number, always finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
    /// Nested arrays of numbers at a place that the caller named.
    case tensor(Tensor)

    /// The type with its article, for error messages: "a string".
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array, .tensor: "an array"
        case .object: "an object"
        }
    }

    /// The value of a number; nil for any other value.
    package var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

/// Nested JSON arrays of numbers, flattened in row-major order.
package struct Tensor: Sendable {
    /// Length of each level, outermost first: 1 to 4 levels, each at least 1.
    package var shape: [Int]

    /// The numbers, as many as the product of `shape`: finite, or NaN where the JSON has `null`.
    package var values: [Double]

    /// Positions in `values` that are `null` in the JSON, ascending.
    package var missing: [Int]

    /// The number of integers to which no double is equal.
    package var rounded: Int

    package init(shape: [Int], values: [Double], missing: [Int] = [], rounded: Int = 0) {
        self.shape = shape
        self.values = values
        self.missing = missing
        self.rounded = rounded
    }
}
