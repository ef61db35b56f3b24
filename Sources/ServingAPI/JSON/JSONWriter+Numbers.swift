/// Numbers as text.
///
/// The standard library's `description` is the shortest text that reads back to the same value. In arrays of
/// floats its way through a string takes most of the time; ``ShortestFloat`` gives the same text in place.
extension JSONWriter {
    /// The float without a separator.
    mutating func write(float: Float) {
        guard float.isFinite else { return append("null".utf8) }
        append(float.description.utf8)
    }

    /// The double without a separator.
    mutating func write(double: Double) {
        guard double.isFinite else { return append("null".utf8) }
        append(double.description.utf8)
    }

    /// The integer without a separator.
    mutating func write(integer: Int) {
        append(integer.description.utf8)
    }

    /// Flat row-major values as nested arrays.
    ///
    /// - Parameters:
    ///   - values: as many as the product of `shape`.
    ///   - shape: values at each level, outermost first; a level of 0 gives empty arrays.
    package mutating func tensor(_ values: [Float], shape: [Int]) {
        precondition(
            values.count == shape.reduce(1, *), "\(values.count) values cannot have the shape \(shape)")
        separate()
        var position = 0
        write(level: shape[...], of: values, &position)
    }

    /// `"name":[[…],…]`.
    package mutating func tensor(_ name: String, _ values: [Float], shape: [Int]) {
        self.name(name)
        tensor(values, shape: shape)
    }

    private mutating func write(level shape: ArraySlice<Int>, of values: [Float], _ position: inout Int) {
        guard let count = shape.first else { return write(float: values[position]) }
        let inner = shape.dropFirst()
        append(UInt8(ascii: "["))
        if inner.isEmpty {
            write(row: values[position..<position + count])
            position += count
        } else {
            for index in 0..<count {
                if index > 0 { append(UInt8(ascii: ",")) }
                write(level: inner, of: values, &position)
            }
        }
        append(UInt8(ascii: "]"))
    }

    /// Nearly all of a large answer: numbers and commas are put into place without asking for room each time.
    private mutating func write(row: ArraySlice<Float>) {
        append(atMost: row.count * (ShortestFloat.longest + 1)) { buffer in
            var end = 0
            for float in row {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[end...])
                var length = ShortestFloat.write(float, to: rest)
                if length == 0 {
                    var text = float.isFinite ? float.description : "null"
                    length = text.withUTF8 { rest[..<$0.count].update(fromContentsOf: $0) }
                }
                end += length
                buffer[end] = UInt8(ascii: ",")
                end += 1
            }
            return max(end - 1, 0)
        }
    }
}
