import JSON

extension SafeTensorsHeader {
    /// The type of a stored value. Raw values are the names in the file.
    package enum DType: String, Sendable, CaseIterable {
        case f64 = "F64"
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"
        case i64 = "I64"
        case i32 = "I32"
        case i16 = "I16"
        case i8 = "I8"
        case u64 = "U64"
        case u32 = "U32"
        case u16 = "U16"
        case u8 = "U8"
        case bool = "BOOL"

        /// Bytes of one value.
        package var byteCount: Int {
            switch self {
            case .f64, .i64, .u64: 8
            case .f32, .i32, .u32: 4
            case .f16, .bf16, .i16, .u16: 2
            case .i8, .u8, .bool: 1
            }
        }

        /// Whether values can be read as float32.
        package var isReadable: Bool {
            switch self {
            case .f64, .f32, .f16, .bf16: true
            case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: false
            }
        }
    }

    /// A tensor's entry in the header.
    package struct Entry: Sendable, Equatable {
        /// The name: unique in the file, 1 to 512 bytes of UTF-8.
        package let name: String

        /// The type of the stored values.
        package let dtype: DType

        /// Length of each axis, outermost first. `[]` is a scalar. If an axis has length 0, there are no
        /// values. The product of the lengths other than 0, times the bytes of a value, does not overflow
        /// `Int`.
        package let shape: [Int]

        /// Position of the values in the data, in bytes. The length matches `shape` and `dtype`.
        package let range: Range<Int>
    }
}

extension SafeTensorsHeader.Entry {
    /// Reads the entry of a tensor from a member of the header.
    /// - Parameter dataCount: bytes of the file's data.
    /// - Throws: ``SafeTensorsError`` if the entry is invalid or its bytes are outside the data.
    init(_ member: JSONObject.Member, dataCount: Int) throws(SafeTensorsError) {
        let length = member.name.utf8.count
        guard 1...SafeTensorsHeader.maxNameLength ~= length else {
            throw SafeTensorsError(
                "the name of a tensor has \(length) bytes; it must have 1 to "
                    + "\(SafeTensorsHeader.maxNameLength)"
            )
        }
        name = member.name
        let offsets: [Int]
        do throws(JSONError) {
            var fields = try FieldReader(member.value, at: JSONPointer.member(name))
            guard let dtype = try fields.choice("dtype", of: SafeTensorsHeader.DType.self) else {
                throw fields.missing("dtype", "a type such as 'F32'")
            }
            self.dtype = dtype
            shape = try fields.counts("shape", count: 0...SafeTensorsHeader.maxRank)
            offsets = try fields.counts("data_offsets", count: 2...2)
            try fields.rejectUnknown()
        } catch {
            throw SafeTensorsError(tensor: name, "has an invalid entry: \(error.detail)")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= dataCount else {
            throw SafeTensorsError(
                tensor: name,
                "has the data_offsets \(offsets); they must not decrease, and the data end "
                    + "at byte \(dataCount)"
            )
        }
        range = offsets[0]..<offsets[1]
        guard let byteCount = Self.byteCount(shape, dtype), byteCount == range.count else {
            throw SafeTensorsError(
                tensor: name,
                "has \(range.count) bytes; the shape \(shape) of \(dtype.rawValue) takes "
                    + (Self.byteCount(shape, dtype).map { "\($0)" } ?? "more than 2^63-1"))
        }
    }

    /// Returns the bytes of a tensor; nil if they overflow `Int`. An axis of length 0 does not hide an
    /// overflow of the others.
    private static func byteCount(_ shape: [Int], _ dtype: SafeTensorsHeader.DType) -> Int? {
        var bytes = dtype.byteCount
        for length in shape where length > 0 {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            bytes = product
        }
        return shape.contains(0) ? 0 : bytes
    }
}

extension FieldReader {
    /// Returns an array of integers from 0, written as integers: neither `3.0` nor `3e0`.
    /// - Parameter count: allowed number of elements.
    fileprivate mutating func counts(_ name: String, count: ClosedRange<Int>) throws(JSONError) -> [Int] {
        let wanted =
            count.count == 1
            ? "an array of \(count.upperBound) integers" : "an array of at most \(count.upperBound) integers"
        guard let value = value(name) else { throw missing(name, wanted) }
        guard case .array(let elements) = value else {
            throw error(name, "is \(value.kindName); it must be \(wanted)")
        }
        guard count.contains(elements.count) else {
            throw error(name, "has \(elements.count) elements; it must be \(wanted)")
        }
        var counts: [Int] = []
        for (index, element) in elements.enumerated() {
            guard case .integer(let integer) = element, let count = Int(exactly: integer), count >= 0 else {
                throw error(
                    name,
                    "has \(element.kindName) at index \(index); it must be an integer from 0 to 2^63-1, "
                        + "without fraction or exponent")
            }
            counts.append(count)
        }
        return counts
    }
}
