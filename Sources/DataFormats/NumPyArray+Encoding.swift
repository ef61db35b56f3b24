extension NumPyArray {
    /// Encodes a file of float32 elements in format version 1.0.
    /// - Parameters:
    ///   - values: the elements, row-major, as many as the product of `shape`.
    ///   - shape: at most 64 axes.
    public static func encode(_ values: ArraySlice<Float>, shape: [Int]) -> [UInt8] {
        encode(values, "<f4", shape: shape)
    }

    /// Encodes a file of float64 elements in format version 1.0.
    /// - Parameters:
    ///   - values: the elements, row-major, as many as the product of `shape`.
    ///   - shape: at most 64 axes.
    public static func encode(_ values: ArraySlice<Double>, shape: [Int]) -> [UInt8] {
        encode(values, "<f8", shape: shape)
    }

    private static func encode<Element: BitwiseCopyable>(
        _ values: ArraySlice<Element>, _ descr: String, shape: [Int]
    ) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *) && shape.count <= NPYHeader.maxAxes)
        let header = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': \(text(shape)), }".utf8)
        let prefix = NPYHeader.magic.count + 4
        // The header ends with a line feed and is padded so that the data start at a multiple of 64 bytes.
        let end = (prefix + header.count + 1 + 63) / 64 * 64
        var file: [UInt8] = []
        file.reserveCapacity(end + MemoryLayout<Element>.size * values.count)
        file += NPYHeader.magic
        file += [1, 0, UInt8((end - prefix) & 0xff), UInt8((end - prefix) >> 8)]
        file += header
        file += repeatElement(UInt8(ascii: " "), count: end - prefix - header.count - 1)
        file.append(UInt8(ascii: "\n"))
        values.withUnsafeBytes { file.append(contentsOf: $0) }
        return file
    }
}
