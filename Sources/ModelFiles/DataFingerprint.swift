import Crypto
import TimeSeries

/// Which data a model was trained on: the same windows give the same fingerprint, on any machine.
public struct DataFingerprint: Sendable, Equatable {
    /// How many windows.
    public let windows: Int
    /// SHA-256 in hexadecimal of T and F, each window's first row, and all rows, as 64-bit integers and float32 in
    /// little-endian order.
    public let sha256: String

    init(windows: Int, sha256: String) {
        self.windows = windows
        self.sha256 = sha256
    }

    /// Reads all rows once.
    package init(of windows: Windows) {
        var hash = SHA256()
        ([windows.timesteps, windows.features] + windows.starts).map { Int64($0).littleEndian }
            .withUnsafeBytes { hash.update(bufferPointer: $0) }
        windows.series.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        self.init(windows: windows.count, sha256: hash.finalize().hexadecimal)
    }
}

extension Sequence<UInt8> {
    /// Two digits for each byte.
    package var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
