import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// Numbers in titles are those of wire-cases.md.
@Suite("Exchange: the state machine of a connection")
struct ExchangeTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func get(_ path: String, version: String = "1.1") -> [UInt8] {
        bytes("GET \(path) HTTP/\(version)\r\nHost: h\r\n\r\n")
    }

    @Test("35, 110: an idle connection is closed without a response")
    func idleTimeOut() {
        let connection = InMemoryConnection()
        connection.timeOut()
        #expect(connection.sent.isEmpty)
        #expect(connection.isClosed)
    }

    @Test(
        "110: a head or body that does not arrive in time gets 408",
        arguments: [
            "G", "GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n",
        ])
    func slowRequest(_ start: String) {
        let connection = InMemoryConnection()
        connection.feed(bytes(start))
        connection.timeOut()
        #expect(connection.responses.map(\.status) == [408])
        #expect(connection.isClosed)
    }

    @Test(
        "88, 89: an incomplete request is not processed",
        arguments: [
            "GET / HTTP/1.1\r\nHost: h\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n1234",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ])
    func cutOff(_ start: String) {
        let connection = InMemoryConnection()
        connection.feed(bytes(start))
        connection.end()
        #expect(connection.sent.isEmpty)
        #expect(connection.isClosed)
    }

    @Test("94: a response to HEAD has the fields of GET and no content")
    func head() {
        let toHead = InMemoryConnection()
        toHead.feed(bytes("HEAD /host HTTP/1.1\r\nHost: h\r\n\r\n"))
        let toGet = InMemoryConnection()
        toGet.feed(get("/host"))
        let head = ReceivedResponse.all(in: toHead.sent, toHead: true)
        #expect(head.count == 1)
        #expect(head.first?.fields == toGet.responses.first?.fields)
        #expect(head.first?["Content-Length"] == "1")
        #expect(toHead.sent.suffix(4) == bytes("\r\n\r\n"))
    }

    @Test(
        "94: an error response to HEAD has no content",
        arguments: ["HEAD /# HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n"])
    func headError(_ request: String) {
        let connection = InMemoryConnection()
        connection.feed(get("/") + bytes(request))
        #expect(ReceivedResponse.all(in: connection.sent, toHead: false).first?.status == 200)
        #expect(String(decoding: connection.sent, as: UTF8.self).contains("HTTP/1.1 400 "))
        #expect(connection.sent.suffix(4) == bytes("\r\n\r\n"))
    }

    @Test(
        "99, 115: a client that waits for 100 (Continue) gets it",
        arguments: ["100-Continue", ", 100-continue,", "\r\nExpect: 100-continue"])
    func expectContinue(_ expectation: String) {
        let connection = InMemoryConnection()
        connection.feed(
            bytes(
                "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: \(expectation)\r\nContent-Length: 2\r\n\r\n"))
        #expect(connection.responses.map(\.status) == [100])
        connection.feed(bytes("hi"))
        #expect(connection.responses.map(\.status) == [100, 200])
        #expect(connection.responses.last?.text == "hi")
        #expect(!connection.isClosed)
    }

    @Test(
        "99: 100 (Continue) is omitted when the body has arrived or is empty",
        arguments: [
            "Content-Length: 2\r\n\r\nhi", "Content-Length: 0\r\n\r\n",
        ])
    func expectWithBody(_ rest: String) {
        let connection = InMemoryConnection()
        connection.feed(bytes("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + rest))
        #expect(connection.responses.map(\.status) == [200])
    }

    @Test(
        "99: a refused request gets its final response instead of 100 (Continue)",
        arguments: [
            ("/secret", 2, 401), ("/echo", 100_000_000, 413), ("/get-only", 2, 405),
        ])
    func expectRefused(_ path: String, _ length: Int, _ status: Int) {
        let connection = InMemoryConnection()
        connection.feed(
            bytes(
                "POST \(path) HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                    + "Content-Length: \(length)\r\n\r\n"
            ))
        #expect(connection.responses.map(\.status) == [status])
        #expect(connection.isClosed)
    }

    @Test("101: 204 and 304 have neither content nor Content-Length", arguments: ["/204", "/304"])
    func noContent(_ path: String) {
        let connection = InMemoryConnection()
        connection.feed(get(path) + get("/"))
        #expect(connection.responses.count == 2)
        #expect(connection.responses.first?["Content-Length"] == nil)
        #expect(connection.responses.last?.status == 200)
    }

    @Test("A stream is chunked in HTTP/1.1 and keeps the connection")
    func stream() {
        let connection = InMemoryConnection()
        connection.feed(get("/stream") + get("/"))
        #expect(
            String(decoding: connection.sent, as: UTF8.self).contains(
                "3\r\none\r\n10\r\ntwo, and sixteen\r\n0\r\n\r\n"))
        #expect(connection.responses.map(\.text) == ["onetwo, and sixteen", "GET /"])
    }

    @Test("A stream in HTTP/1.0 ends by closing the connection, even with keep-alive")
    func oldStream() {
        let connection = InMemoryConnection()
        connection.feed(bytes("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        #expect(connection.responses.first?.text == "onetwo, and sixteen")
        #expect(connection.responses.first?["Transfer-Encoding"] == nil)
        #expect(connection.isClosed)
    }

    @Test(
        "A stream that is aborted or released has no last chunk",
        arguments: ["/broken-stream", "/dropped-stream"])
    func abortedStream(_ path: String) {
        let connection = InMemoryConnection()
        connection.feed(get(path))
        #expect(connection.responses.isEmpty)
        #expect(!connection.sent.isEmpty)
        #expect(connection.isClosed)
    }

    @Test("A request is processed after the response to the previous one")
    func delayedResponse() {
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(get("/1") + get("/2"))
        #expect(connection.state == .handler)
        #expect(handler.paths == ["/1"])
        handler.respondToNext()
        #expect(handler.paths == ["/1", "/2"])
        connection.drain()
        handler.respondToNext()
        connection.feed([])
        #expect(connection.isClosed)
    }

    private static var budgetOfOneRequest: TurnBudget {
        var limits = TurnBudget.Limits()
        limits.requests = 1
        return TurnBudget(limits, start: 0, clock: { 0 })
    }

    @Test("Pipelined requests that wait for a turn get their responses after a half-close")
    func halfClosedBetweenTurns() {
        let connection = InMemoryConnection()
        connection.arrive(get("/") + get("/") + get("/"))
        var budget = Self.budgetOfOneRequest
        #expect(connection.takeTurn(&budget))
        #expect(connection.responses.count == 1)
        connection.end()
        #expect(connection.responses.count == 3)
        #expect(!connection.isClosed, "the end is read after the requests before it")
        connection.end()
        #expect(connection.isClosed)
    }

    @Test("Draining a connection with pipelined requests ends it with the next response")
    func drainBetweenTurns() {
        let connection = InMemoryConnection()
        connection.arrive(get("/") + get("/") + get("/"))
        var budget = Self.budgetOfOneRequest
        #expect(connection.takeTurn(&budget))
        connection.drain()
        var next = Self.budgetOfOneRequest
        #expect(!connection.takeTurn(&next))
        #expect(connection.responses.map { $0["Connection"] } == [nil, "close"])
        #expect(connection.isClosed)
    }

    @Test("A client that half-closes gets its response")
    func halfClosed() {
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(get("/1"))
        handler.respondToNext()
        connection.end()
        #expect(connection.responses.map(\.status) == [200])
        #expect(connection.isClosed)
    }

    @Test("Draining closes an idle connection immediately")
    func drainIdle() {
        let connection = InMemoryConnection()
        connection.drain()
        #expect(connection.isClosed)
    }

    @Test("113: a chunked body beyond the limit gets 413")
    func chunkedLimit() {
        var limits = Limits()
        limits.maxBodyBytes = 10
        let connection = InMemoryConnection(limits: limits)
        connection.feed(
            bytes("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n"))
        #expect(connection.responses.map(\.status) == [413])
        #expect(connection.isClosed)
    }

    @Test("A large body arrives unchanged, with spare capacity behind it")
    func largeBody() {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(
            bytes("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\r\n") + body,
            pieces: [10_007])
        #expect(handler.lastBody == body)
        #expect(handler.lastBody.capacity >= body.count + 64)
        // Release the responder, which would otherwise form a reference cycle with the connection.
        handler.respondToNext()
    }
}

/// Holds requests until `respondToNext` is called.
final class HoldingHandler: SimpleHandler {
    private struct State {
        var paths: [String] = []
        var responders: [Responder] = []
        var body: [UInt8] = []
        var disconnects = 0
    }

    private let state = Mutex(State())

    var paths: [String] { state.withLock { $0.paths } }
    var count: Int { state.withLock { $0.paths.count } }
    var lastBody: [UInt8] { state.withLock { $0.body } }
    /// Calls of disconnect handlers.
    var disconnects: Int { state.withLock { $0.disconnects } }

    func respond(to request: Request, _ responder: Responder) {
        responder.onDisconnect { self.state.withLock { $0.disconnects += 1 } }
        state.withLock {
            $0.paths.append(request.path)
            $0.responders.append(responder)
            $0.body = request.body
        }
    }

    /// Registers another disconnect handler with the oldest request that waits.
    func registerAgain() {
        let responder = state.withLock { $0.responders.first }
        responder?.onDisconnect { self.state.withLock { $0.disconnects += 1 } }
    }

    /// Responds to the oldest request that waits. Returns whether there was one.
    @discardableResult
    func respondToNext() -> Bool {
        let responder = state.withLock { $0.responders.isEmpty ? nil : $0.responders.removeFirst() }
        responder?.send(.text(.ok, "held"))
        return responder != nil
    }
}
