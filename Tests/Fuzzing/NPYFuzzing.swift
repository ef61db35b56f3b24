import DataFormats
import TimeSeries

/// Fuzzes the reader of NumPy arrays: the number of values must match the shape, and an array must be
/// unchanged after it is written and read again.
enum NPYFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        guard let array = try? NPYArray(input) else { return nil }
        guard array.shape.reduce(1, *) == array.values.count, !array.values.isEmpty else {
            return "the number of values does not match the shape"
        }
        guard array.values.count <= input.count / 4 else {
            return "there are more values than the input has bytes for"
        }
        guard !array.values.contains(where: \.isInfinite) else { return "a value is infinite" }
        guard let again = try? NPYArray(NPYArray.file(array.values[...], shape: array.shape)) else {
            return "a written array cannot be read"
        }
        let isSame =
            again.shape == array.shape
            && again.values.map(\.bitPattern) == array.values.map(\.bitPattern)
        return isSame ? nil : "an array changed when it was written and read"
    }
}
