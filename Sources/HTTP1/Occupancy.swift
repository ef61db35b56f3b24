import Glibc
import Synchronization

/// What all connections of a server take together, and whether there is room for more.
final class Occupancy: Sendable {
    private let limits: Limits
    private let connections = Atomic(0)
    private let accepted = Atomic(0)
    private let refused = Atomic(0)
    private let bodies = Atomic(0)
    private let peers = Mutex<[Peer: Int]>([:])

    init(limits: Limits) { self.limits = limits }

    /// What becomes of a new connection.
    enum Admission: Sendable {
        case welcome
        /// It is answered 503.
        case turnedAway
        /// It is closed without a word: too many are being turned away.
        case dropped
    }

    /// How many are turned away at the same time, for each of the limits.
    private static let turnedAway = 64

    /// Counts a connection. Whatever becomes of it, it is to be counted out.
    func enter(_ peer: Peer) -> Admission {
        let all = connections.add(1, ordering: .relaxed).newValue - limits.connections
        let ofPeer = peers.withLock { peers in
            peers[peer, default: 0] += 1
            return peers[peer, default: 0] - limits.connectionsPerPeer
        }
        let excess = max(all, ofPeer)
        accepted.add(1, ordering: .relaxed)
        if excess > 0 { refused.add(1, ordering: .relaxed) }
        return excess <= 0 ? .welcome : excess <= Self.turnedAway ? .turnedAway : .dropped
    }

    /// What was counted.
    var counts: ConnectionCounts {
        ConnectionCounts(
            open: connections.load(ordering: .relaxed), accepted: accepted.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed))
    }

    /// Counts a connection out.
    func leave(_ peer: Peer) {
        connections.subtract(1, ordering: .relaxed)
        peers.withLock { peers in
            let count = peers[peer, default: 1] - 1
            peers[peer] = count > 0 ? count : nil
        }
    }

    /// Counts bytes of a body that have come, or that are gone if negative. Says whether they are within the limit.
    func receive(_ bytes: Int) -> Bool {
        bodies.add(bytes, ordering: .relaxed).newValue <= limits.bodies
    }
}

/// A server's connections.
public struct ConnectionCounts: Sendable {
    /// Those that there are.
    public let open: Int
    /// Those that there were since the start.
    public let accepted: Int
    /// Those of them that were answered 503, or closed, because there were too many.
    public let refused: Int
}

/// Who is at the other end, as far as it is counted: an IPv4 address, or the first 64 bits of one of IPv6, which is what
/// a single customer gets.
struct Peer: Hashable, Sendable {
    private let network: UInt64

    init(_ address: sockaddr_storage) {
        network = withUnsafeBytes(of: address) { bytes in
            // sockaddr_in has its address behind family and port, sockaddr_in6 behind a flow label too.
            switch Int32(address.ss_family) {
            case AF_INET: UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) | 1 << 32
            case AF_INET6: Self.network(UnsafeRawBufferPointer(rebasing: bytes[8..<24]))
            default: 0
            }
        }
    }

    /// An address as text, IPv4 within IPv6 as what it is; nil for what has none.
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

    /// An IPv4 address within IPv6 (RFC 4291, 2.5.5.2) is one of its own; all of them have the same first 64 bits.
    private static func network(_ address: UnsafeRawBufferPointer) -> UInt64 {
        let isMapped = address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xff && address[11] == 0xff
        return isMapped
            ? UInt64(address.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) | 1 << 32
            : address.loadUnaligned(as: UInt64.self)
    }
}
