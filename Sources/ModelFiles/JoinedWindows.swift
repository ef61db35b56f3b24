import Crypto
import TimeSeries

/// The windows whose errors feedback has added to a calibration, so that none joins twice and each can leave
/// again.
public struct JoinedWindows: Sendable, Equatable {
    /// The maximum number of windows, which bounds the file of a version.
    public static let maxCount = 16_384

    /// Their digests, ascending.
    package let digests: [UInt64]

    /// Those with some digests, in any order.
    package init(_ digests: some Collection<UInt64>) { self.digests = Set(digests).sorted() }

    /// None.
    package init() { digests = [] }

    /// The digests in hexadecimal, 16 digits each.
    var text: String { digests.map(Self.hexadecimal).joined() }

    /// Reads ``text``; nil if it is not that of at most ``maxCount`` windows.
    init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 16), digits.count <= 16 * Self.maxCount else { return nil }
        var digests: [UInt64] = []
        for start in stride(from: 0, to: digits.count, by: 16) {
            let part = String(decoding: digits[start..<(start + 16)], as: UTF8.self)
            guard let digest = UInt64(part, radix: 16), Self.hexadecimal(digest) == part else { return nil }
            digests.append(digest)
        }
        self.init(digests)
    }

    private static func hexadecimal(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Windows<Double> {
    /// The digest of a window: the first 64 bits of the SHA-256 of its values, float64 in little-endian
    /// order.
    package func digest(ofWindow index: Int) -> UInt64 {
        withWindow(index) { values in
            SHA256.hash(data: UnsafeRawBufferPointer(values)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
