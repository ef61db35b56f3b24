import TimeSeries

/// An array of numbers in NumPy's `.npy` format (NEP 1; format versions 1.0 to 3.0).
///
///     let array = try NumPyArray(npy: file)
///     array.shape     // [128, 30, 8]
///     array.values    // row-major
public struct NumPyArray: Sendable, Equatable {
    /// The number of elements along each axis, outermost first, at least 1.
    public let shape: [Int]
    /// The elements, row-major, as many as the product of `shape`. NaN is a missing value; every other value
    /// is finite.
    public let values: [Double]
    /// What was odd: integers beyond 2⁵³, and float32 or float16 that are coarse for what they vary by.
    public let warnings: [Warning]

    /// Reads a file with elements of any real type, in either byte order and in C or Fortran order.
    /// - Throws: ``TableError`` for a malformed header, for elements that are no real numbers, for an empty
    ///   array, for another number of bytes than the shape needs, and for an infinite number.
    public init(npy file: [UInt8]) throws(TableError) {
        try FileSignature.checkArray(file)
        let header: NPYHeader
        let type: NumPyType
        do throws(NPYError) {
            header = try NPYHeader(file)
            type = try NumPyType(header.descr)
        } catch {
            throw TableError("the body \(error.detail)", kind: .format)
        }
        guard !header.shape.contains(0) else {
            throw TableError("the array has the shape \(Self.text(header.shape)), which has no elements")
        }
        var bytes = type.size
        for axis in header.shape {
            let (product, isOverflow) = bytes.multipliedReportingOverflow(by: axis)
            guard !isOverflow else {
                throw TableError(
                    "the array has the shape \(Self.text(header.shape)), which is larger than any file")
            }
            bytes = product
        }
        guard file.count - header.dataStart == bytes else {
            throw TableError(
                "the array has \(file.count - header.dataStart) bytes of data where the shape "
                    + "\(Self.text(header.shape)) of \(type.name) needs \(bytes); send one whole file, as "
                    + "numpy.save writes it")
        }
        let read = file.withUnsafeBytes { file in
            type.values(
                UnsafeRawBufferPointer(rebasing: file[header.dataStart...]),
                ElementOrder(shape: header.shape, isFortranOrder: header.isFortranOrder))
        }
        values = read.values
        shape = header.shape
        if let index = values.firstIndex(where: \.isInfinite) {
            let position = Self.position(of: index, in: shape)
            throw TableError(
                "the array has an infinite number at \(Self.text(position)); a number must be finite, and a "
                    + "missing value is NaN", row: position.first)
        }
        var warnings: [Warning] = []
        if read.inexact > 0 {
            warnings.append(.roundedIntegers(read.inexact))
        }
        if let precision = type.precision, let last = shape.last {
            for feature in Self.coarseFeatures(values, count: last, precision) {
                warnings.append(
                    Warning(
                        .precision, .warning,
                        "Feature \(feature), counted from 0, is stored as \(type.name), whose steps at the "
                            + "size "
                            + "of its values are more than a hundredth of what they vary by; send float64."))
            }
        }
        self.warnings = warnings
    }

    /// Returns the features that vary, but by less than a hundred steps of a type of this precision.
    private static func coarseFeatures(_ values: [Double], count: Int, _ precision: Double) -> [Int] {
        var lowest = [Double](repeating: .infinity, count: count)
        var highest = [Double](repeating: -.infinity, count: count)
        var areWhole = [Bool](repeating: true, count: count)
        for start in stride(from: 0, to: values.count, by: count) {
            for feature in 0..<count {
                let value = values[start + feature]
                if value < lowest[feature] { lowest[feature] = value }
                if value > highest[feature] { highest[feature] = value }
                if value.rounded() != value, !value.isNaN { areWhole[feature] = false }
            }
        }
        return (0..<count).filter { feature in
            let range = highest[feature] - lowest[feature]
            let step = precision * max(highest[feature].magnitude, lowest[feature].magnitude)
            // Whole numbers are exact up to a step of 1.
            return range > 0 && range < 100 * step && !(areWhole[feature] && step <= 1)
        }
    }

    /// Returns a shape as Python prints a tuple.
    static func text(_ shape: [Int]) -> String {
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
}

extension Table {
    /// Reads an `.npy` file of rows, `[rows][F]`. Its features have no names.
    /// - Throws: ``TableError`` as ``NumPyArray/init(npy:)``, and for an array that does not have two axes.
    public init(npy file: [UInt8]) throws(TableError) {
        try self.init(NumPyArray(npy: file))
    }

    /// Makes a table of an array of rows, `[rows][F]`. Its features have no names.
    /// - Throws: ``TableError`` for an array that does not have two axes.
    public init(_ array: NumPyArray) throws(TableError) {
        let shape = NumPyArray.text(array.shape)
        guard array.shape.count != 1 else {
            throw TableError(
                "the array has one axis, the shape \(shape); send rows: array.reshape(-1, 1) for one "
                    + "feature, array.reshape(1, -1) for one row")
        }
        guard array.shape.count == 2 else {
            throw TableError(
                "the array has \(array.shape.count) axes, the shape \(shape); rows have two: [rows][F]"
                    + (array.shape.isEmpty ? "" : ", array.reshape(-1, \(array.shape.last ?? 1))"))
        }
        self.init(
            reason: "a column of the array", features: nil, featureCount: array.shape[1],
            values: array.values, warnings: array.warnings)
    }
}
