import Crypto
import TimeSeries

/// Identifies the data that a model was trained on: the same windows give the same fingerprint on any
/// machine.
public struct DataFingerprint: Sendable, Equatable {
    /// The number of windows.
    public let windows: Int
    /// SHA-256 in hexadecimal of T and F, each window's first row (64-bit integers), and all rows (float64),
    /// in little-endian order.
    public let sha256: String

    init(windows: Int, sha256: String) {
        self.windows = windows
        self.sha256 = sha256
    }

    /// Computes the fingerprint of windows; reads all rows once.
    package init(of windows: Windows<Double>) {
        var hash = SHA256()
        ([windows.timesteps, windows.features] + windows.starts).map { Int64($0).littleEndian }
            .withUnsafeBytes { hash.update(bufferPointer: $0) }
        windows.series.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        self.init(windows: windows.count, sha256: hash.finalize().hexadecimal)
    }
}

extension Sequence<UInt8> {
    /// The bytes in hexadecimal, two digits per byte.
    package var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
