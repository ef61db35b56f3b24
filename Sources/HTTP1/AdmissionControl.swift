import Synchronization

/// Counts the connections of a server, and decides whether there is room for more.
final class AdmissionControl: Sendable {
    private let limits: Limits
    private let connections = Atomic(0)
    private let accepted = Atomic(0)
    private let refused = Atomic(0)
    private let peers = Mutex<[Peer: Int]>([:])

    init(limits: Limits) { self.limits = limits }

    /// The decision about a new connection.
    enum Admission: Sendable {
        case admitted
        /// Respond with 503 and close.
        case refused
        /// Close without a response, because too many connections are being refused at once.
        case dropped
    }

    /// For each of the two limits, the maximum of connections beyond it that get a 503 at the same time.
    private static let maxConcurrentRefusals = 64

    /// Counts a connection and decides whether to serve it. Whatever the decision, the caller must call
    /// `release` when the connection closes.
    func admit(_ peer: Peer) -> Admission {
        let all = connections.add(1, ordering: .relaxed).newValue - limits.maxConnections
        let ofPeer = peers.withLock { peers in
            peers[peer, default: 0] += 1
            return peers[peer, default: 0] - limits.maxConnectionsPerPeer
        }
        let excess = max(all, ofPeer)
        accepted.add(1, ordering: .relaxed)
        if excess > 0 { refused.add(1, ordering: .relaxed) }
        return excess <= 0 ? .admitted : excess <= Self.maxConcurrentRefusals ? .refused : .dropped
    }

    var counts: ConnectionCounts {
        ConnectionCounts(
            open: connections.load(ordering: .relaxed), accepted: accepted.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed))
    }

    /// Removes a connection from the counts.
    func release(_ peer: Peer) {
        connections.subtract(1, ordering: .relaxed)
        peers.withLock { peers in
            let count = peers[peer, default: 1] - 1
            peers[peer] = count > 0 ? count : nil
        }
    }
}
