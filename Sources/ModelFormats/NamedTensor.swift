/// One tensor of a file.
package struct NamedTensor: Sendable, Equatable {
    /// Differs from all others of the file; 1 to 512 bytes of UTF-8.
    package let name: String

    /// Values along each axis, outermost first. `[]` is a scalar; an axis of 0 leaves no values.
    package let shape: [Int]

    /// As many as the product of `shape`, in row-major order.
    package let values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}
