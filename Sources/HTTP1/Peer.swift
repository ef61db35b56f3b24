import CLinux
import Glibc

/// The client's network, for the limits of one peer in `Limits`: an IPv4 address, or the first 64 bits of an
/// IPv6 address, which is the size of network that one subscriber gets.
package struct Peer: Hashable, Sendable {
    private let network: UInt64

    package init(_ address: sockaddr_storage) {
        network = withUnsafeBytes(of: address) { bytes in
            // The address follows family and port in sockaddr_in, and a flow label as well in sockaddr_in6.
            switch Int32(address.ss_family) {
            case AF_INET: UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) | 1 << 32
            case AF_INET6: Self.network(UnsafeRawBufferPointer(rebasing: bytes[8..<24]))
            default: 0
            }
        }
    }

    /// An address as text; `nil` if it has no text form. IPv4-mapped IPv6 addresses are written as IPv4.
    static func text(of address: sockaddr_storage) -> String? {
        withUnsafeBytes(of: address) { bytes in
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let start = Int32(address.ss_family) == AF_INET ? 4 : 8
            guard let base = bytes.baseAddress,
                inet_ntop(Int32(address.ss_family), base + start, &text, socklen_t(text.count)) != nil
            else { return nil }
            let written = String(
                decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return written.hasPrefix("::ffff:") && written.contains(".")
                ? String(written.dropFirst(7)) : written
        }
    }

    /// Treats an IPv4-mapped address (RFC 4291, 2.5.5.2) as IPv4, because all of them share their first 64
    /// bits.
    private static func network(_ address: UnsafeRawBufferPointer) -> UInt64 {
        let isMapped = address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xff && address[11] == 0xff
        return isMapped
            ? UInt64(address.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) | 1 << 32
            : address.loadUnaligned(as: UInt64.self)
    }
}
