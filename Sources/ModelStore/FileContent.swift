/// A part of a file's content that is written as it is in memory: bytes, or float32 in little-endian.
struct FileContent {
    private enum Storage {
        case bytes([UInt8])
        case floats([Float])
    }

    private let storage: Storage

    init(_ bytes: [UInt8]) { storage = .bytes(bytes) }
    init(_ floats: [Float]) { storage = .floats(floats) }

    /// The number of bytes.
    var count: Int { withUnsafeBytes(\.count) }

    func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        switch storage {
        case .bytes(let bytes): bytes.withUnsafeBytes(body)
        case .floats(let floats): floats.withUnsafeBytes(body)
        }
    }
}
