import Glibc
import HTTP1
import Synchronization
import Testing

/// Which bodies are refused when there are too many, and how fast a body has to arrive. Times are in
/// milliseconds.
@Suite("Bodies that are being received")
struct BodyTests {
    /// A peer with an address in 127.0.0.0/24.
    private func peer(_ number: UInt8) -> Peer {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.storeBytes(of: sa_family_t(AF_INET), as: sa_family_t.self)
            bytes.storeBytes(of: number, toByteOffset: 7, as: UInt8.self)
        }
        return Peer(storage)
    }

    /// Bodies of a pool, by a name of one letter, and the names of those that another body's growth refused.
    private final class Bodies: Sendable {
        private let pool: BodyPool
        private let state = Mutex((ids: [Character: BodyPool.ID](), refused: ""))

        var refused: String { state.withLock { $0.refused } }

        init(total: Int, perPeer: Int? = nil) {
            var limits = Limits()
            limits.maxTotalBodyBytes = total
            limits.maxTotalBodyBytesPerPeer = perPeer ?? 2 * total
            pool = BodyPool(limits: limits)
        }

        func update(_ name: Character, of peer: Peer, bytes: Int, now: UInt64) -> BodyPool.Refusal? {
            let known = state.withLock { $0.ids[name] }
            let id =
                known
                ?? pool.add(of: peer, now: now) { _ in self.state.withLock { $0.refused.append(name) } }
            state.withLock { $0.ids[name] = id }
            return pool.update(id, bytes: bytes, now: now)
        }

        func remove(_ name: Character) {
            if let id = state.withLock({ $0.ids.removeValue(forKey: name) }) { pool.remove(id) }
        }
    }

    @Test("Slow senders of large bodies are refused before a newcomer with a small body")
    func newcomer() {
        let bodies = Bodies(total: 1000)
        for (index, name) in "abcd".enumerated() {
            #expect(bodies.update(name, of: peer(UInt8(index)), bytes: 250, now: UInt64(index)) == nil)
        }
        #expect(bodies.update("n", of: peer(9), bytes: 100, now: 60_000) == nil)
        #expect(bodies.refused == "a")
        // A refused body takes no room, even if it is not removed yet, and stays refused.
        #expect(bodies.update("n", of: peer(9), bytes: 250, now: 60_001) == nil)
        #expect(bodies.refused == "a")
        #expect(bodies.update("a", of: peer(0), bytes: 251, now: 60_002) == .total)
        bodies.remove("a")
        #expect(bodies.update("n", of: peer(9), bytes: 251, now: 60_003) == nil)
        #expect(bodies.refused == "ab")
    }

    @Test("The body with the largest product of bytes and time is refused: the large one, or the slow one")
    func rank() {
        let large = Bodies(total: 1000)
        #expect(large.update("s", of: peer(1), bytes: 100, now: 0) == nil)
        #expect(large.update("l", of: peer(2), bytes: 850, now: 500) == nil)
        #expect(large.update("n", of: peer(3), bytes: 60, now: 1000) == nil)
        #expect(large.refused == "l")
        let slow = Bodies(total: 1000)
        #expect(slow.update("s", of: peer(1), bytes: 100, now: 0) == nil)
        #expect(slow.update("l", of: peer(2), bytes: 850, now: 990) == nil)
        #expect(slow.update("n", of: peer(3), bytes: 60, now: 1000) == nil)
        #expect(slow.refused == "s")
    }

    @Test("A body that grows beyond everything else is refused itself, and as many others as it takes")
    func several() {
        let bodies = Bodies(total: 1000)
        #expect(bodies.update("a", of: peer(1), bytes: 400, now: 0) == nil)
        #expect(bodies.update("b", of: peer(2), bytes: 400, now: 0) == nil)
        #expect(bodies.update("c", of: peer(3), bytes: 900, now: 10) == nil)
        #expect(bodies.refused == "ab")
        #expect(bodies.update("c", of: peer(3), bytes: 1001, now: 11) == .total)
        #expect(bodies.refused == "ab")
        // All of it is free again.
        bodies.remove("c")
        #expect(bodies.update("d", of: peer(4), bytes: 1000, now: 12) == nil)
    }

    @Test("The bodies of one peer are bounded by its share, at the cost of that peer only")
    func shares() {
        let bodies = Bodies(total: 1000, perPeer: 500)
        #expect(bodies.update("o", of: peer(1), bytes: 400, now: 0) == nil)
        #expect(bodies.update("a", of: peer(2), bytes: 300, now: 100) == nil)
        #expect(bodies.update("b", of: peer(2), bytes: 200, now: 200) == nil)
        #expect(bodies.update("b", of: peer(2), bytes: 201, now: 300) == nil)
        #expect(bodies.refused == "a")
        #expect(bodies.update("b", of: peer(2), bytes: 501, now: 400) == .peer)
        #expect(bodies.update("o", of: peer(1), bytes: 500, now: 500) == nil)
        #expect(bodies.refused == "a")
    }

    // MARK: The minimum rate

    /// Sends a body at a rate, once a second. Returns the bytes that had arrived when the deadline passed;
    /// `nil` if all of them arrive.
    ///
    /// - Parameter maxHeld: the bytes that are in memory at most.
    private func cutOff(
        from start: Int = 0, _ rate: Int, length: Int, limits: Limits = Limits(), maxHeld: Int = .max
    ) -> Int? {
        var deadlines = Deadlines(Deadlines.Times(limits))
        var (count, now) = (start, UInt64(1000))
        while count < length {
            deadlines.update(
                .body, request: 1, bodyCount: count, heldBytes: min(count, maxHeld), now: now)
            if deadlines.isInputOverdue(now: now) { return count }
            now += 1000
            count += rate
        }
        return nil
    }

    private static let mebibyte = 1024 * 1024

    @Test("A client with 1 MB/s can send a body of any size", arguments: [1, 64, 1024])
    func honestClient(size: Int) {
        #expect(cutOff(1_000_000, length: size * Self.mebibyte) == nil)
    }

    @Test("A small body is accepted at the minimum rate, and not below it")
    func minimumRate() {
        #expect(cutOff(520, length: 60_000) == nil)
        #expect(cutOff(500, length: 60_000) != nil)
    }

    @Test("The minimum rate grows with the bytes in memory")
    func growth() throws {
        // 32 MiB have arrived: 513 × 512 B/s.
        #expect(cutOff(from: 32 * Self.mebibyte, 400_000, length: 48 * Self.mebibyte) == nil)
        #expect(cutOff(from: 32 * Self.mebibyte, 250_000, length: 64 * Self.mebibyte) != nil)
        let held = try #require(cutOff(from: 60 * Self.mebibyte, 1000, length: 64 * Self.mebibyte))
        #expect(held == 60 * Self.mebibyte + 30_000, "expected the body to be cut off after its time-out")
        // A receiver has taken nearly all of it.
        #expect(cutOff(from: 60 * Self.mebibyte, 520, length: 61 * Self.mebibyte, maxHeld: 1000) == nil)
        #expect(cutOff(from: 60 * Self.mebibyte, 500, length: 61 * Self.mebibyte, maxHeld: 1000) != nil)
        // The rate is a multiple of the option, and 0 is no rate.
        var limits = Limits()
        limits.minBytesPerSecond = 1
        #expect(cutOff(from: 60 * Self.mebibyte, 1000, length: 61 * Self.mebibyte, limits: limits) == nil)
    }
}
