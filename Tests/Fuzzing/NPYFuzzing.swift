import DataFormats
import TimeSeries

/// Arrays in NumPy's format: what is read of one is as many numbers as its shape says, and the same once it is written anew.
enum NPYFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        guard let array = try? NPYArray(input) else { return nil }
        guard array.shape.reduce(1, *) == array.values.count, !array.values.isEmpty else {
            return "the numbers aren't those of the shape"
        }
        guard array.values.count <= input.count / 4 else {
            return "there are more numbers than bytes for them"
        }
        guard !array.values.contains(where: \.isInfinite) else { return "a number is infinite" }
        guard let again = try? NPYArray(NPYArray.file(array.values[...], shape: array.shape)) else {
            return "what is written anew can't be read"
        }
        let isSame =
            again.shape == array.shape
            && again.values.map(\.bitPattern) == array.values.map(\.bitPattern)
        return isSame ? nil : "what is written anew is another array"
    }
}
