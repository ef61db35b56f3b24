import Synchronization

/// The bodies that are being received on all connections of a server, apart from those that fit one read
/// buffer. Bounds the sum of their bytes, for each peer and for all of them.
///
/// When a sum exceeds its limit, the pool refuses the bodies that have used most memory for the longest time:
/// those with the largest product of the bytes that have arrived and the time since they are counted; among
/// equals, the one that began first. So neither a small body nor a fast one has to go because of others that
/// are large and slow.
package final class BodyPool: Sendable {
    /// Why a body is refused.
    package enum Refusal: Sendable {
        /// The bodies of all clients are too large together.
        case total
        /// Those of the client's network are.
        case peer
    }

    /// The name of a body in its pool.
    package typealias ID = UInt64

    private struct Body {
        let peer: Peer
        /// When it was added, in milliseconds.
        let start: UInt64
        let onRefusal: @Sendable (Refusal) -> Void
        var bytes = 0
        var refusal: Refusal?
    }

    private struct State {
        var bodies: [ID: Body] = [:]
        var lastID: ID = 0
        var total = 0
        var peers: [Peer: Int] = [:]

        mutating func setBytes(_ bytes: Int, of id: ID) {
            guard let body = bodies[id] else { return }
            bodies[id]?.bytes = bytes
            total += bytes - body.bytes
            let ofPeer = peers[body.peer, default: 0] + bytes - body.bytes
            peers[body.peer] = ofPeer > 0 ? ofPeer : nil
        }

        /// The body to refuse next; among those of one peer if a peer is given.
        func victim(of peer: Peer?, now: UInt64) -> ID? {
            func rank(_ id: ID, _ body: Body) -> (Double, ID) {
                // At least one millisecond, so that the largest of several new bodies is found.
                (Double(body.bytes) * Double(now - min(now, body.start) + 1), .max - id)
            }
            return bodies.lazy.filter { $0.value.bytes > 0 && (peer == nil || $0.value.peer == peer) }
                .max { rank($0.key, $0.value) < rank($1.key, $1.value) }?.key
        }
    }

    private let maxBytes: Int
    private let maxBytesPerPeer: Int
    private let state = Mutex(State())

    package init(limits: Limits) {
        maxBytes = limits.maxTotalBodyBytes
        maxBytesPerPeer = limits.peerBodyBytes
    }

    /// Adds a body of which nothing is counted yet. Call `remove` at its end.
    ///
    /// - Parameters:
    ///   - now: milliseconds of the clock that all calls share.
    ///   - onRefusal: called at most once, on any thread, when the pool refuses the body because another one
    ///     has grown. It must not block.
    package func add(of peer: Peer, now: UInt64, onRefusal: @escaping @Sendable (Refusal) -> Void) -> ID {
        state.withLock { state in
            state.lastID += 1
            state.bodies[state.lastID] = Body(peer: peer, start: now, onRefusal: onRefusal)
            return state.lastID
        }
    }

    /// Sets the number of bytes of a body that have arrived. Refuses bodies as long as there are too many
    /// bytes.
    ///
    /// Returns why this body itself is refused, now or earlier; `nil` if it may continue.
    package func update(_ id: ID, bytes: Int, now: UInt64) -> Refusal? {
        var others: [(Refusal, @Sendable (Refusal) -> Void)] = []
        let refusal = state.withLock { state -> Refusal? in
            guard let body = state.bodies[id] else { return nil }
            if let refusal = body.refusal { return refusal }
            state.setBytes(bytes, of: id)
            func refuse(_ victim: ID, _ refusal: Refusal) {
                // Its bytes are free as soon as its loop learns of it.
                state.setBytes(0, of: victim)
                state.bodies[victim]?.refusal = refusal
                if victim != id, let call = state.bodies[victim]?.onRefusal { others.append((refusal, call)) }
            }
            while state.peers[body.peer, default: 0] > maxBytesPerPeer,
                let victim = state.victim(of: body.peer, now: now)
            {
                refuse(victim, .peer)
            }
            while state.total > maxBytes, let victim = state.victim(of: nil, now: now) {
                refuse(victim, .total)
            }
            return state.bodies[id]?.refusal
        }
        for (refusal, call) in others { call(refusal) }
        return refusal
    }

    /// Removes a body that is complete or refused, or whose connection has closed.
    package func remove(_ id: ID) {
        state.withLock { state in
            state.setBytes(0, of: id)
            state.bodies[id] = nil
        }
    }
}
