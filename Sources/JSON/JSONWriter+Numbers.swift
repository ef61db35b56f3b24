import CSimdJSON

/// Writes numbers as the shortest text that reads back to the same value.
extension JSONWriter {
    /// Writes a float without a separator.
    mutating func write(float: Float) {
        write(row: [float])
    }

    /// Writes a double without a separator.
    mutating func write(double: Double) {
        append(atMost: Int(csimdjson_double_room)) { csimdjson_write_double(double, $0.baseAddress) }
    }

    /// Writes an integer without a separator.
    mutating func write(integer: Int) {
        append(integer.description.utf8)
    }

    /// Writes flat row-major values as nested arrays.
    ///
    /// - Parameters:
    ///   - values: as many numbers as the product of `shape`. One that is not finite is written as `null`.
    ///   - shape: length of each level, outermost first. A length of 0 writes empty arrays; `[]` writes one
    ///     number.
    package mutating func tensor(_ values: ArraySlice<Float>, shape: [Int]) {
        precondition(
            values.count == shape.reduce(1, *), "\(values.count) values cannot have the shape \(shape)")
        separate()
        var position = values.startIndex
        write(level: shape[...], of: values, &position)
    }

    /// Writes `"name":[[…],…]`.
    package mutating func tensor(_ name: String, _ values: ArraySlice<Float>, shape: [Int]) {
        self.name(name)
        tensor(values, shape: shape)
    }

    private mutating func write(
        level shape: ArraySlice<Int>, of values: ArraySlice<Float>, _ position: inout Int
    ) {
        guard let count = shape.first else { return write(row: values[position...position]) }
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

    /// Writes the floats of a row, separated by commas, without a separator before them. Most of the bytes of
    /// a large response are written here.
    private mutating func write(row: ArraySlice<Float>) {
        append(atMost: row.count * Int(csimdjson_float_room)) { text in
            row.withUnsafeBufferPointer { csimdjson_write_floats($0.baseAddress, $0.count, text.baseAddress) }
        }
    }
}
