/// A tensor of float32 numbers with its name in a file.
package struct NamedTensor: Sendable, Equatable {
    /// The name: unique in the file, 1 to 512 bytes of UTF-8.
    package let name: String

    /// Length of each axis, outermost first. `[]` is a scalar. If an axis has length 0, there are no values.
    package let shape: [Int]

    /// The values in row-major order, as many as the product of `shape`.
    package let values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}
