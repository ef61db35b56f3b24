/// A JSON value, as a small tree: the answer of ``JSONReader``.
///
/// Large arrays of numbers do not become trees: where a reader is told to expect one it reads a ``Tensor``.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits; `-0` is a ``number(_:)``.
    case integer(Int64)
    /// Any other number, always finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
    case tensor(Tensor)

    /// What this is, with its article, for error messages: "a string".
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
}

/// Nested JSON arrays of numbers, flat and in row-major order.
package struct Tensor: Sendable {
    /// Values at each level, outermost first; 1 to 4 levels, none of them empty.
    package var shape: [Int]

    /// As many as the product of `shape`: finite, or NaN where the JSON had `null`.
    package var values: [Float]

    /// The positions in `values` that were `null`, in increasing order.
    package var missing: [Int]

    package init(shape: [Int], values: [Float], missing: [Int] = []) {
        self.shape = shape
        self.values = values
        self.missing = missing
    }
}
