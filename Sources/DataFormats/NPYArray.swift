/// An array of floats in NumPy's `.npy` format (NEP 1; format versions 1.0 to 3.0).
///
///     let array = try NPYArray(file)
///     array.shape     // [128, 30, 8]
///     array.values    // row-major
public struct NPYArray: Sendable, Equatable {
    /// The number of elements along each axis, outermost first, at least 1.
    public let shape: [Int]
    /// The elements, row-major, as many as the product of `shape`. Finite or NaN.
    public let values: [Float]

    /// Reads a file of float32 or float64 elements, little-endian and in C order. A float64 is rounded to the
    /// nearest float32.
    /// - Throws: ``NPYError`` for a malformed header, for another element type or order, for an empty array,
    ///   for another number of bytes than the shape needs, and for a number that is infinite or beyond the
    ///   range of float32.
    public init(_ file: [UInt8]) throws(NPYError) {
        let header = try NPYHeader(file)
        guard let size = Self.sizes[header.descr] else { throw Self.typeError(header.descr) }
        guard !header.isFortranOrder else {
            throw NPYError("is in Fortran order; C order is expected: numpy.ascontiguousarray(array)")
        }
        guard !header.shape.contains(0) else {
            throw NPYError("has the shape \(Self.text(header.shape)), which has no elements")
        }
        var bytes = size
        for axis in header.shape {
            let (product, isOverflow) = bytes.multipliedReportingOverflow(by: axis)
            guard !isOverflow else {
                throw NPYError("has the shape \(Self.text(header.shape)), which is larger than any file")
            }
            bytes = product
        }
        guard file.count - header.dataStart == bytes else {
            throw NPYError(
                "has \(file.count - header.dataStart) bytes of data where the shape "
                    + "\(Self.text(header.shape)) of '\(header.descr)' needs \(bytes)")
        }
        let values = file.withUnsafeBytes { file in
            Self.values(UnsafeRawBufferPointer(rebasing: file[header.dataStart...]), size: size)
        }
        if let index = values.firstIndex(where: \.isInfinite) {
            throw NPYError(
                "has a number at \(Self.text(Self.position(of: index, in: header.shape))) that is infinite "
                    + "or beyond the range of float32, ±3.4028235e38")
        }
        shape = header.shape
        self.values = values
    }

    /// The size of an element of each supported type, in bytes.
    private static let sizes = ["<f4": 4, "<f8": 8]

    private static func values(_ data: UnsafeRawBufferPointer, size: Int) -> [Float] {
        let count = data.count / size
        return [Float](unsafeUninitializedCapacity: count) { target, initialized in
            initialized = count
            for index in 0..<count {
                // The data can be unaligned.
                target[index] =
                    size == 4
                    ? Float(
                        bitPattern: .init(
                            littleEndian: data.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                    : Float(
                        Double(
                            bitPattern: .init(
                                littleEndian: data.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
                    )
            }
        }
    }

    private static func typeError(_ descr: String) -> NPYError {
        NPYError(
            "has elements of type '\(descr)'; little-endian float32 or float64 is expected: "
                + "array.astype('<f4')")
    }

    /// Returns a shape as Python prints a tuple.
    private static func text(_ shape: [Int]) -> String {
        "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    }

    /// Converts a row-major index into a position along each axis.
    private static func position(of index: Int, in shape: [Int]) -> [Int] {
        var rest = index
        return shape.reversed().map { axis in
            defer { rest /= axis }
            return rest % axis
        }.reversed()
    }

    /// Encodes a file of float32 elements in format version 1.0.
    /// - Parameters:
    ///   - values: the elements, row-major, as many as the product of `shape`.
    ///   - shape: at most 64 axes.
    public static func encode(_ values: ArraySlice<Float>, shape: [Int]) -> [UInt8] {
        NumPyArray.encode(values, shape: shape)
    }
}
