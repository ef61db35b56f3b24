import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

@Suite("Handlers are told when a client goes away", .serialized)
struct DepartureTests {
    private static let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    /// The loop looks at its deadlines more often than it otherwise would.
    private var limits: Limits {
        var limits = Limits()
        limits.lingerTimeout = 0.2
        return limits
    }

    // MARK: Before the answer

    @Test(
        "A client that closes its connection is noticed, however many requests it has sent behind the first",
        arguments: [0, 1, 3000])
    func close(more: Int) throws {
        let handler = HoldingHandler()
        var limits = limits
        limits.connections = 1
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(String(repeating: Self.request, count: 1 + more))
            #expect(until { handler.count == 1 })
            #expect(Client(port: port).get("/")?.status == 503)
            client.close()
            #expect(until { handler.gone == 1 })
            // It has gone already.
            handler.askAgain()
            #expect(until { handler.gone == 2 })
            // The connection is closed although its request is still with the handler.
            let next = Client(port: port)
            next.send(Self.request)
            #expect(until { handler.count == 2 })
            #expect(handler.answerNext())
            #expect(handler.answerNext())
            #expect(next.response()?.text == "held")
            #expect(handler.count == 2, "nobody waits for the others")
        }
        #expect(handler.gone == 2)
    }

    @Test("With the limits as they are it takes a second or two")
    func defaultLimits() throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.request)
            #expect(until { handler.count == 1 })
            let start = ContinuousClock.now
            client.close()
            #expect(until { handler.gone == 1 })
            #expect(ContinuousClock.now - start < .seconds(3))
            handler.answerNext()
        }
    }

    @Test("A client that closes as soon as it has sent its request")
    func closeAtOnce() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            Client(port: port).send(Self.request)
            #expect(until { handler.gone == 1 })
            handler.answerNext()
        }
    }

    @Test("A client that resets its connection", arguments: ["1.1", "1.0"])
    func reset(version: String) throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/\(version)\r\nHost: h\r\n\r\n")
            #expect(until { handler.count == 1 })
            client.reset()
            #expect(until { handler.gone == 1 })
            handler.answerNext()
        }
    }

    @Test("112: a client that half-closes and waits gets its answer, after 100 (Continue)")
    func halfClose() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request + Self.request)
            client.endSending()
            for _ in 0..<2 {
                #expect(client.response()?.status == 100)
                #expect(until { handler.answerNext() })
                #expect(client.finalResponse()?.text == "held")
            }
            #expect(client.waitForEnd())
        }
        #expect(handler.gone == 0)
    }

    @Test("A client that half-closes, waits, and closes then")
    func closeAfterHalfClose() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request)
            client.endSending()
            #expect(client.response()?.status == 100)
            #expect(handler.gone == 0)
            client.close()
            #expect(until { handler.gone == 1 })
            handler.answerNext()
        }
    }

    @Test("112: a client of HTTP/1.0 is sent nothing before its answer")
    func halfCloseOfOldClient() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/1.0\r\n\r\n")
            client.endSending()
            usleep(500_000)
            #expect(handler.answerNext())
            #expect(client.response()?.text == "held")
            #expect(client.waitForEnd())
        }
        #expect(handler.gone == 0)
    }

    @Test("A client that waits without having ended its side is sent nothing")
    func patientClient() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request)
            usleep(500_000)
            #expect(handler.answerNext())
            #expect(client.response()?.text == "held")
            client.close()
            usleep(100_000)
        }
        #expect(handler.gone == 0)
    }

    @Test("Requests in flight when a server is stopped without grace have lost their clients")
    func stop() throws {
        let handler = HoldingHandler()
        let server = Server(handler: handler, loops: 1)
        let client = Client(port: try server.start(host: "127.0.0.1", port: 0))
        client.send(Self.request)
        #expect(until { handler.count == 1 })
        server.stop(grace: 0)
        #expect(handler.gone == 1)
        handler.answerNext()
    }

    // MARK: Streams

    @Test("A stream's writer is told when its reader has gone", arguments: [true, false])
    func stream(resets: Bool) throws {
        let handler = WritingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.request)
            #expect(until { handler.isWriting })
            handler.write()
            #expect(client.receiveSome(1000))
            #expect(handler.closed == 0)
            if resets { client.reset() } else { client.close() }
            #expect(
                until {
                    // Only who writes learns that nobody reads.
                    if !resets { handler.write() }
                    return handler.closed == 1
                })
            // It has gone already.
            handler.ask()
            #expect(handler.closed == 2)
            handler.finish()
        }
        #expect(handler.closed == 2)
    }

    @Test("A stream's writer that has finished is told nothing", arguments: ["1.1", "1.0"])
    func finishedStream(version: String) throws {
        let handler = WritingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/\(version)\r\nHost: h\r\n\r\n")
            #expect(until { handler.isWriting })
            handler.write()
            handler.finish()
            if version == "1.0" { client.receiveAll() }
            #expect(client.response()?.text == "event")
            client.reset()
            usleep(100_000)
        }
        #expect(handler.closed == 0)
    }
}

/// Streams what it is told to.
private final class WritingHandler: Handler {
    private let state = Mutex((writer: BodyWriter?.none, closed: 0))

    var isWriting: Bool { state.withLock { $0.writer != nil } }
    /// How many times the reader has gone before the end.
    var closed: Int { state.withLock { $0.closed } }

    func respond(to request: Request, _ responder: Responder) {
        responder.send(
            Response(
                status: .ok,
                body: .stream { writer in
                    self.state.withLock { $0.writer = writer }
                    self.ask()
                }))
    }

    func ask() {
        let writer = state.withLock { $0.writer }
        writer?.whenClosed { self.state.withLock { $0.closed += 1 } }
    }

    func write() {
        let writer = state.withLock { $0.writer }
        writer?.write(Array("event".utf8))
    }

    /// Also forgets the writer, which leads to the connection, and so back here.
    func finish() {
        let writer = state.withLock { state in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.finish()
    }
}
