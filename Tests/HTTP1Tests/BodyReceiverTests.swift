import Dispatch
import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// A body that is received piece by piece, in memory.
@Suite("Receivers of bodies")
struct BodyReceiverTests {
    private static let limit = 4 << 20

    private func bytes(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    private func put(_ fields: String) -> [UInt8] { bytes("PUT /echo HTTP/1.1\nHost: h\n\(fields)\n\n") }

    private static let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    /// The body in chunks of the given size.
    private static func chunked(_ size: Int) -> [UInt8] {
        var chunks: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(size)
            rest = rest.dropFirst(size)
            chunks += Array("\(String(chunk.count, radix: 16));x=y\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return chunks + Array("0\r\n\r\n".utf8)
    }

    @Test("A body larger than the limit of memory arrives unchanged, and the next request is served")
    func largeBody() {
        var limits = Limits()
        limits.maxBodyBytes = 1000
        let next = bytes("GET /next HTTP/1.1\nHost: h\n\n")
        for pieces in [[Int.max], [10_007], [1, 70_000]] {
            for message in [
                put("Content-Length: \(Self.body.count)") + Self.body,
                put("Transfer-Encoding: chunked") + Self.chunked(100_000),
                put("Transfer-Encoding: chunked") + Self.chunked(.max),
            ] {
                let connection = InMemoryConnection(
                    limits: limits, handler: ReceivingHandler(maxBodyBytes: Self.limit))
                connection.feed(message, pieces: pieces)
                connection.feed(next)
                #expect(connection.responses.map(\.status) == [200, 200])
                #expect(connection.responses.first?.body == Self.body)
                #expect(connection.responses.last?.text == "GET /next")
            }
        }
    }

    @Test("The limit of the receiver replaces that of the server: 413, before the body if it is announced")
    func limits() {
        let handler = ReceivingHandler(maxBodyBytes: 10)
        for message in [
            put("Content-Length: 11"), put("Content-Length: 11\nExpect: 100-continue"),
            put("Transfer-Encoding: chunked") + bytes("6\n123456\n5\n"),
        ] {
            let connection = InMemoryConnection(handler: handler)
            connection.feed(message)
            #expect(connection.responses.map(\.status) == [413])
            #expect(connection.isClosed)
        }
        for message in [
            put("Content-Length: 10") + bytes("1234567890"),
            put("Transfer-Encoding: chunked") + bytes("6\n123456\n4\n7890\n0\n\n"),
        ] {
            let connection = InMemoryConnection(handler: handler)
            connection.feed(message, pieces: [1])
            #expect(connection.responses.map(\.text) == ["1234567890"])
        }
    }

    @Test("A client that waits for 100 (Continue) gets it when there is a receiver")
    func expectation() {
        let connection = InMemoryConnection(handler: ReceivingHandler())
        connection.feed(put("Content-Length: 3\nExpect: 100-continue"))
        #expect(connection.responses.map(\.status) == [100])
        connection.feed(bytes("abc"))
        #expect(connection.responses.map(\.status) == [100, 200])
    }

    // MARK: Back-pressure

    @Test("The connection stops reading while too many bytes wait, and continues when they are read")
    func backPressure() {
        let handler = HeldBodyHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(put("Content-Length: \(Self.body.count)"))
        #expect(connection.state == .body)
        // `feed` stops when the connection does.
        var sent = connection.feed(Self.body)
        #expect(connection.state == .handler)
        #expect(!connection.wantsInput)
        let held = connection.heldBodyBytes
        #expect(held > BodyReader.maxHeldBytes && held <= BodyReader.maxHeldBytes + 65_536)
        #expect(handler.announcements == 1)
        var received: [UInt8] = []
        while !connection.wantsInput, let piece = handler.read() { received += piece }
        #expect(connection.state == .body)
        // A piece is held until the next one is read.
        #expect(!received.isEmpty && connection.heldBodyBytes <= BodyReader.maxHeldBytes / 2)
        while received.count < Self.body.count {
            sent += connection.feed(Array(Self.body[sent...]))
            while let piece = handler.read() { received += piece }
        }
        #expect(received == Self.body)
        #expect(connection.responses.map(\.status) == [200])
        #expect(handler.failures == 0)
    }

    @Test("A connection whose receiver does not read has no turns, and goes on where it has stopped")
    func turns() {
        let handler = HeldBodyHandler()
        let connection = InMemoryConnection(handler: handler)
        let next = bytes("GET /next HTTP/1.1\nHost: h\n\n")
        connection.arrive(put("Content-Length: \(Self.body.count)") + Self.body + next)
        var turns = 0
        var hasMore = true
        while hasMore, turns < 100 {
            var budget = TurnBudget(start: 0, clock: { 0 })
            hasMore = connection.takeTurn(&budget)
            turns += 1
        }
        // A turn reads 64 KiB, and the connection stops beyond 1 MiB.
        #expect(!hasMore && turns == 17 && !connection.wantsInput)
        var received: [UInt8] = []
        while let piece = handler.read() { received += piece }
        #expect(received == Self.body)
        #expect(connection.responses.map(\.status) == [200, 200])
    }

    @Test("The receiver is told of bytes once until it has read them all")
    func announcements() {
        let handler = HeldBodyHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(put("Content-Length: 6") + bytes("a"))
        connection.feed(bytes("b"))
        #expect(handler.announcements == 1)
        #expect(handler.read() == bytes("ab"))
        connection.feed(bytes("c"))
        #expect(handler.announcements == 1)
        #expect(handler.read() == bytes("c"))
        #expect(handler.read() == nil)
        connection.feed(bytes("def"))
        #expect(handler.announcements == 2)
        #expect(connection.responses.map(\.status) == [200])
        #expect(handler.read() == bytes("def"), "bytes may be read after the body is complete")
    }

    // MARK: Failures

    @Test("A receiver that refuses the rest responds at once, and the connection closes")
    func refusal() {
        let handler = HeldBodyHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(put("Content-Length: 100") + bytes("abc"))
        handler.refuse(.text(.insufficientStorage, "full"))
        connection.feed(bytes("def"))
        #expect(connection.responses.map(\.status) == [507])
        #expect(connection.responses.first?["Connection"] == "close")
        #expect(connection.isClosed)
        #expect(handler.failures == 1)
        #expect(handler.requests == 0)
    }

    @Test("A refusal after the end of the body has no effect")
    func lateRefusal() {
        let handler = HeldBodyHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(put("Content-Length: 3") + bytes("abc"))
        handler.refuse(.text(.insufficientStorage, "full"))
        connection.feed(bytes("GET / HTTP/1.1\nHost: h\n\n"))
        #expect(connection.responses.map(\.status) == [200, 200])
        #expect(handler.failures == 0)
    }

    @Test("A receiver learns once that its body will not become complete")
    func failures() {
        let length = put("Content-Length: 100") + bytes("abc")
        let chunked = put("Transfer-Encoding: chunked") + bytes("3\nabc\n")
        let cases: [([UInt8], (InMemoryConnection) -> Void, [Int])] = [
            (length, { $0.disconnect() }, []), (chunked, { $0.disconnect() }, []),
            (length, { $0.end() }, []), (length, { $0.timeOut() }, [408]),
            (chunked, { $0.feed(Array("xyz\r\n".utf8)) }, [400]),
            (chunked, { $0.feed(Array("fffffff0\r\n".utf8)) }, [413]),
        ]
        for (message, end, statuses) in cases {
            let handler = HeldBodyHandler()
            let connection = InMemoryConnection(handler: handler)
            connection.feed(message)
            end(connection)
            #expect(connection.responses.map(\.status) == statuses)
            #expect(connection.isClosed)
            connection.disconnect()
            #expect(handler.failures == 1)
            #expect(handler.requests == 0)
        }
    }

    @Test("A connection that drains receives the body to its end")
    func drain() {
        let connection = InMemoryConnection(handler: ReceivingHandler())
        connection.feed(put("Content-Length: 6") + bytes("abc"))
        connection.drain()
        connection.feed(bytes("def"))
        #expect(connection.responses.map(\.text) == ["abcdef"])
        #expect(connection.responses.first?["Connection"] == "close")
    }
}

@Suite("Receivers of bodies, over a socket", .serialized)
struct LiveBodyReceiverTests {
    private static let head = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n"
    private static let body = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("A body is read as fast as its receiver reads it, and counts as what of it is in memory")
    func backPressure() throws {
        var limits = Limits()
        limits.maxBodyBytes = 1000
        limits.maxTotalBodyBytes = 4_000_000
        let handler = HeldBodyHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.head)
            client.send(Array(Self.body.prefix(2_000_000)))
            #expect(until { handler.announcements == 1 })
            handler.readContinuously(upTo: Self.body.count)
            client.send(Array(Self.body.dropFirst(2_000_000)))
            #expect(client.response()?.status == 200)
            #expect(until { handler.hasReceived(Self.body) })
            #expect(client.get("/next")?.status == 200)
        }
    }

    @Test("A body of which everything is read does not count beside other bodies")
    func uncounted() throws {
        var limits = Limits()
        limits.maxTotalBodyBytes = 400_000
        let handler = HeldBodyHandler()
        try withServer(handler, limits: limits) { port in
            let (first, second) = (Client(port: port), Client(port: port))
            first.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 300003\r\n\r\n")
            first.send(Array(Self.body.prefix(300_000)))
            var count = 0
            #expect(
                until {
                    while let piece = handler.read() { count += piece.count }
                    return count == 300_000
                })
            // The loop learns of that before it serves another connection.
            #expect(Client(port: port).get("/")?.status == 200)
            second.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n")
            second.send(Array(Self.body.prefix(300_000)))
            #expect(second.response()?.status == 200)
            first.send("end")
            #expect(first.response()?.status == 200)
        }
    }

    @Test("A client that goes on sending can read the response to a refused body")
    func refusal() throws {
        let handler = HeldBodyHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.head)
            client.send(Array(Self.body.prefix(100_000)))
            #expect(until { handler.announcements == 1 })
            handler.refuse(.text(.insufficientStorage, "full"))
            client.send(Array(Self.body.dropFirst(100_000)))
            #expect(client.response()?.status == 507)
            #expect(client.waitForEnd())
            #expect(!client.wasReset)
            #expect(handler.failures == 1)
        }
    }

    @Test("A receiver that has stopped reading learns of a disconnect")
    func disconnect() throws {
        let handler = HeldBodyHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.head)
            client.send(Array(Self.body.prefix(2_000_000)))
            #expect(until { handler.announcements == 1 })
            client.reset()
            #expect(until { handler.failures == 1 })
            #expect(Client(port: port).get("/")?.status == 200)
        }
    }
}

/// Holds each body until the test reads it, and responds with 200 when it is complete.
private final class HeldBodyHandler: Handler {
    private struct State {
        var reader: BodyReader?
        var announcements = 0
        var failures = 0
        var requests = 0
        var received: [UInt8] = []
    }

    private final class Held: ExchangeHandler, BodyReceiver {
        let maxBodyBytes = 16 << 20
        private let handler: HeldBodyHandler

        init(_ handler: HeldBodyHandler) { self.handler = handler }

        func preflight() -> Response? { nil }
        func bodyReceiver() -> (any BodyReceiver)? { self }

        func bodyIsReady(_ body: BodyReader) {
            handler.state.withLock {
                $0.reader = body
                $0.announcements += 1
            }
        }

        func bodyDidFail() { handler.state.withLock { $0.failures += 1 } }

        func respond(to request: Request, _ responder: Responder) {
            handler.state.withLock { $0.requests += 1 }
            responder.send(.text(.ok, "received"))
        }

        func willRespond(with response: inout Response) {}
        func didEnd(_ end: ExchangeEnd) {}
    }

    private let state = Mutex(State())

    var announcements: Int { state.withLock { $0.announcements } }
    var failures: Int { state.withLock { $0.failures } }
    var requests: Int { state.withLock { $0.requests } }
    /// Whether these bytes have been read continuously. The comparison is under the lock: a copy of the array
    /// would share its memory with the thread that appends, which the thread sanitizer reports.
    func hasReceived(_ body: [UInt8]) -> Bool { state.withLock { $0.received == body } }

    func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler { Held(self) }

    /// Reads a piece of the body; nil if there is none.
    func read() -> [UInt8]? {
        let piece = state.withLock { $0.reader }?.read() ?? []
        return piece.isEmpty ? nil : piece
    }

    /// Reads from another thread, until so many bytes have been read or ten seconds have passed.
    func readContinuously(upTo count: Int) {
        DispatchQueue.global().async {
            let end = ContinuousClock.now + .seconds(10)
            while self.state.withLock({ $0.received.count < count }), ContinuousClock.now < end {
                guard let piece = self.read() else {
                    usleep(1000)
                    continue
                }
                self.state.withLock { $0.received += piece }
            }
        }
    }

    func refuse(_ response: Response) { state.withLock { $0.reader }?.refuse(response) }
}
