import CSimdJSON

/// Writes numbers as the shortest text that reads back to the same value.
extension JSONWriter {
    /// Writes a float without a separator.
    mutating func write(float: Float) {
        write(row: [float])
    }

    /// Writes a double without a separator.
    mutating func write(double: Double) {
        write(row: [double])
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
        nested(shape, from: values.startIndex, count: values.count) { $0.write(row: values[$1]) }
    }

    /// Writes flat row-major values as nested arrays, with the digits of doubles.
    package mutating func tensor(_ values: ArraySlice<Double>, shape: [Int]) {
        nested(shape, from: values.startIndex, count: values.count) { $0.write(row: values[$1]) }
    }

    /// Writes `"name":[[…],…]`.
    package mutating func tensor(_ name: String, _ values: ArraySlice<Float>, shape: [Int]) {
        self.name(name)
        tensor(values, shape: shape)
    }

    /// Writes `"name":[[…],…]`, with the digits of doubles.
    package mutating func tensor(_ name: String, _ values: ArraySlice<Double>, shape: [Int]) {
        self.name(name)
        tensor(values, shape: shape)
    }

    /// Writes nested arrays, and each innermost row by `row`, which gets its positions.
    private mutating func nested(
        _ shape: [Int], from start: Int, count: Int, _ row: (inout JSONWriter, Range<Int>) -> Void
    ) {
        precondition(count == shape.reduce(1, *), "\(count) values cannot have the shape \(shape)")
        separate()
        var position = start
        write(level: shape[...], &position, row)
    }

    private mutating func write(
        level shape: ArraySlice<Int>, _ position: inout Int, _ row: (inout JSONWriter, Range<Int>) -> Void
    ) {
        guard let count = shape.first else { return row(&self, position..<position + 1) }
        let inner = shape.dropFirst()
        append(UInt8(ascii: "["))
        if inner.isEmpty {
            row(&self, position..<position + count)
            position += count
        } else {
            for index in 0..<count {
                if index > 0 { append(UInt8(ascii: ",")) }
                write(level: inner, &position, row)
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

    private mutating func write(row: ArraySlice<Double>) {
        append(atMost: row.count * Int(csimdjson_double_room)) { text in
            row.withUnsafeBufferPointer {
                csimdjson_write_doubles($0.baseAddress, $0.count, text.baseAddress)
            }
        }
    }
}
