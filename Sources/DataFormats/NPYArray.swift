/// An array of floats as NumPy's `.npy` files have it (NEP 1; format versions 1.0 to 3.0), such as windows to train on.
///
///     let array = try NPYArray(file)
///     array.shape     // [128, 30, 8]
///     array.values    // row-major
public struct NPYArray: Sendable, Equatable {
    /// Elements along each axis, outermost first; none is 0.
    public let shape: [Int]
    /// As many as the product of `shape`, row-major. Finite, or NaN.
    public let values: [Float]

    /// Reads a file of float32 or float64, little-endian and in C order. float64 is rounded to the nearest float32.
    /// - Throws: ``NPYError`` for anything else, for one element too many or too few, and for numbers that are infinite or
    ///   beyond the range of float32.
    public init(_ file: [UInt8]) throws(NPYError) {
        let header = try NPYHeader(file)
        guard let size = Self.sizes[header.descr] else { throw Self.refusal(ofType: header.descr) }
        guard !header.isFortranOrder else {
            throw NPYError("is in Fortran order; save numpy.ascontiguousarray(array)")
        }
        guard !header.shape.contains(0) else {
            throw NPYError("is empty: its shape is \(Self.text(header.shape))")
        }
        var bytes = size
        for axis in header.shape {
            let (product, isOverflow) = bytes.multipliedReportingOverflow(by: axis)
            guard !isOverflow else { throw NPYError("has a shape that no file is long enough for") }
            bytes = product
        }
        guard file.count - header.dataStart == bytes else {
            throw NPYError(
                "has \(file.count - header.dataStart) bytes of data where the shape \(Self.text(header.shape)) of "
                    + "'\(header.descr)' wants \(bytes)")
        }
        let values = file.withUnsafeBytes { file in
            Self.values(UnsafeRawBufferPointer(rebasing: file[header.dataStart...]), size: size)
        }
        if let index = values.firstIndex(where: \.isInfinite) {
            throw NPYError(
                "has a number at \(Self.text(Self.position(of: index, in: header.shape))) that is infinite or beyond the range "
                    + "of float32, which ends at ±3.4028235e38")
        }
        shape = header.shape
        self.values = values
    }

    /// The bytes of an element of each type that is read.
    private static let sizes = ["<f4": 4, "<f8": 8]

    private static func values(_ data: UnsafeRawBufferPointer, size: Int) -> [Float] {
        let count = data.count / size
        return [Float](unsafeUninitializedCapacity: count) { target, initialized in
            initialized = count
            for index in 0..<count {
                // The data need not stand at a multiple of their size.
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

    private static func refusal(ofType descr: String) -> NPYError {
        NPYError(
            "has elements of type '\(descr)'; send float32 or float64, little-endian: array.astype('<f4')")
    }

    /// As Python writes a tuple.
    private static func text(_ shape: [Int]) -> String {
        "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
    }

    private static func position(of index: Int, in shape: [Int]) -> [Int] {
        var rest = index
        return shape.reversed().map { axis in
            defer { rest /= axis }
            return rest % axis
        }.reversed()
    }

    /// The bytes of a file of version 1.0 with float32, which ``init(_:)`` reads, as does `numpy.load`.
    /// - Parameters:
    ///   - values: as many as the product of `shape`, row-major.
    ///   - shape: at most 64 axes.
    public static func file(_ values: ArraySlice<Float>, shape: [Int]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *) && shape.count <= 64)
        let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(text(shape)), }".utf8)
        let prefix = NPYHeader.magic.count + 4
        // The data begin at a multiple of 64 bytes, and a line end is the header's last.
        let end = (prefix + header.count + 1 + 63) / 64 * 64
        var file: [UInt8] = []
        file.reserveCapacity(end + 4 * values.count)
        file += NPYHeader.magic
        file += [1, 0, UInt8((end - prefix) & 0xff), UInt8((end - prefix) >> 8)]
        file += header
        file += repeatElement(UInt8(ascii: " "), count: end - prefix - header.count - 1)
        file.append(UInt8(ascii: "\n"))
        values.withUnsafeBytes { file.append(contentsOf: $0) }
        return file
    }
}

/// What is wrong with an `.npy` file: a text that goes on from "the file", and says what would be right.
public struct NPYError: Error, Equatable, Sendable {
    /// One line for a person.
    public let detail: String

    init(_ detail: String) { self.detail = detail }
}
