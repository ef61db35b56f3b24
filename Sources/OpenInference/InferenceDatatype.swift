/// The datatype of an input tensor.
enum InferenceDatatype: String, CaseIterable {
    case float32 = "FP32"
    case float64 = "FP64"

    var byteCount: Int { self == .float32 ? 4 : 8 }

    /// Converts little-endian values.
    func values(_ bytes: ArraySlice<UInt8>) -> [Double] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / byteCount).map { index in
                let offset = index * byteCount
                return switch self {
                case .float32:
                    Double(
                        Float(
                            bitPattern: UInt32(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
                case .float64:
                    Double(
                        bitPattern: UInt64(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                }
            }
        }
    }
}
