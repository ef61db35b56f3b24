import DataFormats

/// Fuzzes the reader of NumPy arrays: the number of values must match the shape, and an array must be
/// unchanged after it is written and read again.
enum NPYFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        let array: NumPyArray
        do throws(TableError) {
            array = try NumPyArray(npy: input)
        } catch {
            let isLine = !error.detail.isEmpty && !error.description.contains { $0.isNewline }
            return isLine ? nil : "not one line: \(error)"
        }
        guard array.shape.reduce(1, *) == array.values.count, !array.values.isEmpty else {
            return "the number of values does not match the shape"
        }
        guard array.values.count <= input.count else {
            return "there are more values than the input has bytes for"
        }
        guard !array.values.contains(where: \.isInfinite) else { return "a value is infinite" }
        guard let again = try? NumPyArray(npy: NumPyArray.encode(array.values[...], shape: array.shape))
        else {
            return "a written array cannot be read"
        }
        let isSame =
            again.shape == array.shape
            && again.values.map(\.bitPattern) == array.values.map(\.bitPattern)
        return isSame ? nil : "an array changed when it was written and read"
    }
}
