import Dispatch
import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// Numbers in titles are those of wire-cases.md.
@Suite("Limits of connections, bodies and rates, over a socket", .serialized)
struct LimitTests {
    @Test("113: a connection beyond the limit gets 503, and a closed connection makes room")
    func connectionLimit() throws {
        var limits = Limits()
        limits.maxConnections = 2
        try withServer(limits: limits) { port in
            let first = Client(port: port)
            let second = Client(port: port)
            #expect(first.get("/1")?.status == 200)
            #expect(second.get("/2")?.status == 200)
            let third = Client(port: port)
            third.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
            let refusal = third.response()
            #expect(refusal?.status == 503)
            #expect(refusal?["Retry-After"] == "1")
            #expect(refusal?["Connection"] == "close")
            #expect(third.waitForEnd())
            #expect(!third.wasReset)
            third.close()
            first.close()
            #expect(until { Client(port: port).get("/4")?.status == 200 })
            #expect(second.get("/5")?.status == 200)
        }
    }

    @Test("One peer cannot use up the connections of other peers")
    func connectionsPerPeer() throws {
        var limits = Limits()
        limits.maxConnectionsPerPeer = 3
        try withServer(limits: limits, loops: 2) { port in
            let clients = (0..<3).map { _ in Client(port: port, source: 7) }
            for client in clients { #expect(client.get("/")?.status == 200) }
            #expect(Client(port: port, source: 7).get("/")?.status == 503)
            #expect(Client(port: port, source: 8).get("/")?.status == 200)
            clients[0].close()
            #expect(until { Client(port: port, source: 7).get("/")?.status == 200 })
        }
    }

    @Test("A flood of connections from one peer gets some 503s, then closes; other peers are served")
    func flood() throws {
        var limits = Limits()
        limits.maxConnectionsPerPeer = 1
        try withServer(limits: limits) { port in
            let clients = (0..<200).map { _ in Client(port: port, source: 7) }
            let other = Client(port: port, source: 8)
            #expect(other.get("/")?.status == 200)
            var statuses: [Int?: Int] = [:]
            for client in clients { statuses[client.get("/")?.status, default: 0] += 1 }
            #expect(statuses[200] == 1)
            #expect(statuses[503, default: 0] >= 32)
            #expect(statuses[nil, default: 0] > 0)
            #expect(statuses.count == 3)
            #expect(other.get("/")?.status == 200)
        }
    }

    @Test("113: the bodies of all clients together are bounded: the one that has waited longest gets 503")
    func bodies() throws {
        var limits = Limits()
        limits.maxTotalBodyBytes = 1_000_000
        try withServer(limits: limits) { port in
            let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 700000\r\n\r\n"
            let part = [UInt8](repeating: 1, count: 600_000)
            let first = Client(port: port)
            first.send(head)
            first.send(part)
            usleep(50_000)
            let second = Client(port: port)
            second.send(head)
            second.send(part + part.prefix(100_000))
            #expect(second.response()?.body.count == 700_000)
            let refusal = first.response()
            #expect(refusal?.status == 503)
            #expect(refusal?["Retry-After"] == "1")
            first.close()
            // Completed and refused bodies no longer count.
            for _ in 0..<3 {
                let next = Client(port: port)
                next.send(head)
                next.send(part + part.prefix(100_000))
                #expect(next.response()?.status == 200)
            }
        }
    }

    @Test("The bodies of one peer are bounded: its largest gets 503, and other peers are served")
    func bodiesPerPeer() throws {
        var limits = Limits()
        limits.maxTotalBodyBytesPerPeer = 500_000
        try withServer(limits: limits, loops: 2) { port in
            func begin(_ source: UInt8, _ count: Int) -> Client {
                let client = Client(port: port, source: source)
                client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n")
                client.send([UInt8](repeating: 1, count: count))
                usleep(50_000)
                return client
            }
            let large = begin(7, 300_000)
            let other = begin(8, 300_000)
            let small = begin(7, 250_000)
            let refusal = large.response()
            #expect(refusal?.status == 503)
            #expect(refusal?["Retry-After"] == "1")
            #expect(refusal?.text.contains("from this address") == true)
            small.send([UInt8](repeating: 1, count: 150_000))
            #expect(small.response()?.status == 200)
            other.send([UInt8](repeating: 1, count: 100_000))
            #expect(other.response()?.status == 200)
        }
    }

    @Test("Slow senders of large bodies do not keep out a newcomer with a small one")
    func newcomer() throws {
        var limits = Limits()
        limits.maxTotalBodyBytes = 1_000_000
        try withServer(limits: limits, loops: 2) { port in
            let slow = (0..<4).map { number in
                let client = Client(port: port, source: UInt8(10 + number))
                client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 700000\r\n\r\n")
                client.send([UInt8](repeating: 1, count: 240_000))
                return client
            }
            usleep(50_000)
            let newcomer = Client(port: port, source: 7)
            newcomer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n")
            newcomer.send([UInt8](repeating: 1, count: 200_000))
            #expect(newcomer.response()?.status == 200)
            // One of the slow senders had to go.
            let refusals = slow.compactMap { client in
                client.endSending()
                client.receiveAll()
                return client.response()
            }
            #expect(refusals.map(\.status) == [503])
            #expect(refusals.first?["Retry-After"] == "1")
        }
    }

    @Test("110: a body above the minimum rate is accepted, one below it gets 408")
    func slowBodies() throws {
        var limits = Limits()
        limits.bodyTimeout = 0.3
        limits.minBytesPerSecond = 1000
        try withServer(limits: limits) { port in
            let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n"
            let steady = Client(port: port)
            let tooSlow = Client(port: port)
            steady.send(head)
            tooSlow.send(head)
            for _ in 0..<30 {
                steady.send([UInt8](repeating: 1, count: 100))
                tooSlow.send([1])
                usleep(25_000)
            }
            #expect(steady.response()?.body.count == 3000)
            #expect(tooSlow.response()?.status == 408)
        }
    }

    @Test("110: a slow reader above the minimum rate is served, one below it is disconnected")
    func slowReaders() throws {
        var limits = Limits()
        limits.writeTimeout = 0.4
        limits.minBytesPerSecond = 100_000
        try withServer(LargeResponseHandler(), limits: limits) { port in
            let slow = Client(port: port, receiveBuffer: 65_536)
            slow.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let tooSlow = Client(port: port, receiveBuffer: 4096)
            tooSlow.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            for _ in 0..<200 {
                _ = slow.receiveSome(20_000)
                _ = tooSlow.receiveSome(10)
                usleep(10_000)
            }
            tooSlow.receiveAll()
            #expect(tooSlow.received.count < LargeResponseHandler.size)
            #expect(slow.response()?.body.count == LargeResponseHandler.size)
        }
    }

    @Test("A stream's writer that waits for onReady does not write ahead of a slow client")
    func backPressure() throws {
        let handler = ProducingHandler()
        try withServer(handler) { port in
            let client = Client(port: port, receiveBuffer: 16_384)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /end HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(until { handler.produced > 0 && handler.hasPaused })
            #expect(
                handler.produced < ProducingHandler.pieces / 2,
                "expected the writer to wait for a client that does not read")
            #expect(client.response()?.body.count == ProducingHandler.pieces * ProducingHandler.size)
            #expect(client.response()?.status == 200)
        }
    }

    @Test("A stream's writer that waits for onReady is called when its client disconnects")
    func disconnectWhileWaiting() throws {
        let handler = ProducingHandler()
        try withServer(handler) { port in
            let client = Client(port: port, receiveBuffer: 4096)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(until { handler.produced > 0 })
            client.reset()
            #expect(until { handler.hasEnded })
        }
    }

    @Test("112: a half-close or reset at any byte of a request leaks no descriptor", arguments: [0, 1])
    func halfCloses(resets: Int) throws {
        let before = openDescriptors()
        try withServer { port in
            let request = Array("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello".utf8)
            for end in 0...request.count {
                let client = Client(port: port)
                client.send(Array(request[..<end]))
                if resets == 1 {
                    client.reset()
                    continue
                }
                client.endSending()
                #expect(client.waitForEnd())
                #expect(
                    client.received.isEmpty == (end < request.count),
                    "expected a response only to a complete request; sent \(end) of \(request.count) bytes")
            }
            #expect(Client(port: port).get("/")?.status == 200)
        }
        #expect(until { openDescriptors() <= before })
    }
}

/// Responds with more bytes than the system buffers, so that the client determines the rate.
private struct LargeResponseHandler: SimpleHandler {
    static let size = 6 * 1024 * 1024

    func respond(to request: Request, _ responder: Responder) {
        responder.send(Response(status: .ok, body: .bytes([UInt8](repeating: 1, count: Self.size))))
    }
}

/// Streams as fast as the client reads.
private final class ProducingHandler: SimpleHandler {
    static let pieces = 800
    static let size = 10_000
    private let state = Mutex((produced: 0, hasEnded: false))

    var produced: Int { state.withLock { $0.produced } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Whether nothing is produced for 200 ms.
    var hasPaused: Bool {
        let before = produced
        usleep(200_000)
        return produced == before
    }

    func respond(to request: Request, _ responder: Responder) {
        guard request.path == "/" else { return responder.send(.text(.ok, "")) }
        responder.send(Response(status: .ok, body: .stream { self.produce($0) }))
    }

    private func produce(_ writer: BodyWriter) {
        while writer.isOpen {
            let isLast = state.withLock { state in
                state.produced += 1
                return state.produced == Self.pieces
            }
            let hasRoom = writer.write([UInt8](repeating: 1, count: Self.size))
            if isLast { return writer.finish() }
            guard hasRoom else {
                return writer.onReady { DispatchQueue.global().async { self.produce(writer) } }
            }
        }
        state.withLock { $0.hasEnded = true }
    }
}
