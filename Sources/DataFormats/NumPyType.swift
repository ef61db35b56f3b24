/// A type of array elements, by NumPy's description: `<f4`, `>i8`, `|b1`.
struct NumPyType {
    private enum Kind { case float, signed, unsigned, boolean }
    private let kind: Kind
    private let isBigEndian: Bool
    /// The size of an element in bytes.
    let size: Int

    /// Reads a description.
    /// - Throws: ``NPYError`` for elements that are no real numbers, with what to do about it.
    init(_ descr: String) throws(NPYError) {
        let letters = Array(descr)
        guard letters.count >= 3, let size = Int(String(letters[2...].prefix { $0.isNumber })) else {
            throw Self.error(descr, letters.dropFirst().first)
        }
        let kinds: [Character: (Kind, Set<Int>)] = [
            "f": (.float, [2, 4, 8]), "i": (.signed, [1, 2, 4, 8]), "u": (.unsigned, [1, 2, 4, 8]),
            "b": (.boolean, [1]),
        ]
        guard let (kind, sizes) = kinds[letters[1]], sizes.contains(size), descr.count == 3,
            "<>|=".contains(letters[0]), size == 1 || letters[0] != "|"
        else { throw Self.error(descr, letters[1]) }
        (self.kind, self.size, isBigEndian) = (kind, size, letters[0] == ">")
    }

    private static func error(_ descr: String, _ kind: Character?) -> NPYError {
        let type = "has elements of type '\(descr)'"
        return switch kind {
        case "O":
            NPYError(
                "has Python objects as elements, as df.to_numpy() gives for columns of different types; "
                    + "select the columns of numbers: df[[...]].to_numpy(dtype=float)")
        case "U", "S", "a": NPYError("\(type), which is text; numbers are expected: array.astype(float)")
        case "M", "m":
            NPYError("\(type), which are times; send the features only, or the whole table as CSV")
        case "c": NPYError("\(type), which are complex numbers; send real and imaginary parts as features")
        case "V": NPYError("\(type), which are records; numbers are expected: df.to_numpy(dtype=float)")
        default: NPYError("\(type); float64 is expected: array.astype(float)")
        }
    }

    /// NumPy's name of the type.
    var name: String {
        switch kind {
        case .float: "float\(8 * size)"
        case .signed: "int\(8 * size)"
        case .unsigned: "uint\(8 * size)"
        case .boolean: "bool"
        }
    }

    /// The distance between 1 and the next number, for a type of less than double precision.
    var precision: Double? {
        guard kind == .float, size < 8 else { return nil }
        return size == 4 ? Double(Float.ulpOfOne) : 0x1p-10
    }

    /// Returns the elements as doubles in row-major order, and the number of those that had to be rounded.
    func values(_ data: UnsafeRawBufferPointer, _ order: ElementOrder) -> (values: [Double], inexact: Int) {
        switch (kind, size) {
        case (.float, 8): (read(data, order, UInt64.self) { Double(bitPattern: $0) }, 0)
        case (.float, 4): (read(data, order, UInt32.self) { Double(Float(bitPattern: $0)) }, 0)
        case (.float, _): (read(data, order, UInt16.self, Self.half), 0)
        case (.signed, 1): (read(data, order, Int8.self) { Double($0) }, 0)
        case (.signed, 2): (read(data, order, Int16.self) { Double($0) }, 0)
        case (.signed, 4): (read(data, order, Int32.self) { Double($0) }, 0)
        case (.signed, _): (read(data, order, Int64.self) { Double($0) }, inexact(data, Int64.self))
        case (.unsigned, 1): (read(data, order, UInt8.self) { Double($0) }, 0)
        case (.unsigned, 2): (read(data, order, UInt16.self) { Double($0) }, 0)
        case (.unsigned, 4): (read(data, order, UInt32.self) { Double($0) }, 0)
        case (.unsigned, _): (read(data, order, UInt64.self) { Double($0) }, inexact(data, UInt64.self))
        case (.boolean, _): (read(data, order, UInt8.self) { $0 == 0 ? 0 : 1 }, 0)
        }
    }

    @inline(__always)
    private func read<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ data: UnsafeRawBufferPointer, _ order: ElementOrder, _: Bits.Type, _ value: (Bits) -> Double
    ) -> [Double] {
        let count = data.count / MemoryLayout<Bits>.size
        return [Double](unsafeUninitializedCapacity: count) { target, initialized in
            order.forEach { index, source in
                target.initializeElement(at: index, to: value(element(data, source)))
            }
            initialized = count
        }
    }

    /// The data can be unaligned.
    @inline(__always)
    private func element<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ data: UnsafeRawBufferPointer, _ index: Int
    ) -> Bits {
        let bits = data.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
        return isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
    }

    private func inexact<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ data: UnsafeRawBufferPointer, _: Bits.Type
    ) -> Int {
        (0..<(data.count / MemoryLayout<Bits>.size)).count { index in
            let bits: Bits = element(data, index)
            return Double(exactly: bits) == nil
        }
    }

    /// The value of a float16 (IEEE 754 binary16).
    private static func half(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Double(bits & 0x3FF))
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits >> 15 == 0 ? size : -size
    }
}
