#if _endian(big)
    #error("safetensors data is little-endian and is copied without conversion")
#endif

/// Conversion of stored values to floats.
extension SafeTensors {
    /// Returns the values of a tensor as float32; nil if they are integers or booleans.
    package static func floats(
        _ dtype: SafeTensorsHeader.DType, _ bytes: UnsafeRawBufferPointer
    ) -> [Float]? {
        switch dtype {
        case .f32:
            [Float](unsafeUninitializedCapacity: bytes.count / dtype.byteCount) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                count = bytes.count / dtype.byteCount
            }
        case .f64: converted(bytes) { (value: Double) in Float(value) }
        case .f16: converted(bytes) { (value: Float16) in Float(value) }
        // A bfloat16 is the upper half of a float32.
        case .bf16: converted(bytes) { (upper: UInt16) in Float(bitPattern: UInt32(upper) << 16) }
        case .i64, .i32, .i16, .i8, .u64, .u32, .u16, .u8, .bool: nil
        }
    }

    private static func converted<Stored: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ float: (Stored) -> Float
    ) -> [Float] {
        let size = MemoryLayout<Stored>.size
        return [Float](unsafeUninitializedCapacity: bytes.count / size) { buffer, count in
            count = bytes.count / size
            for index in 0..<count {
                let value = bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self)
                buffer.initializeElement(at: index, to: float(value))
            }
        }
    }
}
