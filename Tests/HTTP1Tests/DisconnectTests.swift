import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// Numbers in titles are those of wire-cases.md.
@Suite("Disconnect handlers over a socket", .serialized)
struct DisconnectTests {
    private static let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Limits whose shortest time-out makes the event loop check its deadlines every 50 ms instead of once a
    /// second.
    private var limits: Limits {
        var limits = Limits()
        limits.lingeringCloseTimeout = 0.2
        return limits
    }

    // MARK: Before the response

    @Test(
        "A close calls the disconnect handler, however many requests were pipelined behind the first",
        arguments: [0, 1, 3000])
    func close(more: Int) throws {
        let handler = HoldingHandler()
        var limits = limits
        limits.maxConnections = 1
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(String(repeating: Self.request, count: 1 + more))
            #expect(until { handler.count == 1 })
            #expect(Client(port: port).get("/")?.status == 503)
            client.close()
            #expect(until { handler.disconnects == 1 })
            // A handler that is registered after the disconnect is called too.
            handler.registerAgain()
            #expect(until { handler.disconnects == 2 })
            // The connection's place is free, although its request has no response yet.
            let next = Client(port: port)
            next.send(Self.request)
            #expect(until { handler.count == 2 })
            #expect(handler.respondToNext())
            #expect(handler.respondToNext())
            #expect(next.response()?.text == "held")
            #expect(handler.count == 2, "the requests behind the first one are not processed")
        }
        #expect(handler.disconnects == 2)
    }

    @Test("A close is detected within 3 seconds with the default limits")
    func defaultLimits() throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.request)
            #expect(until { handler.count == 1 })
            let start = ContinuousClock.now
            client.close()
            #expect(until { handler.disconnects == 1 })
            #expect(ContinuousClock.now - start < .seconds(3))
            handler.respondToNext()
        }
    }

    @Test("A close directly after the request calls the disconnect handler")
    func closeAtOnce() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            Client(port: port).send(Self.request)
            #expect(until { handler.disconnects == 1 })
            handler.respondToNext()
        }
    }

    @Test("A reset calls the disconnect handler", arguments: ["1.1", "1.0"])
    func reset(version: String) throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/\(version)\r\nHost: h\r\n\r\n")
            #expect(until { handler.count == 1 })
            client.reset()
            #expect(until { handler.disconnects == 1 })
            handler.respondToNext()
        }
    }

    @Test("112: a client that half-closes gets its response, after 100 (Continue)")
    func halfClose() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request + Self.request)
            client.endSending()
            for _ in 0..<2 {
                #expect(client.response()?.status == 100)
                #expect(until { handler.respondToNext() })
                #expect(client.finalResponse()?.text == "held")
            }
            #expect(client.waitForEnd())
        }
        #expect(handler.disconnects == 0)
    }

    @Test("A close after a half-close calls the disconnect handler")
    func closeAfterHalfClose() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request)
            client.endSending()
            #expect(client.response()?.status == 100)
            #expect(handler.disconnects == 0)
            client.close()
            #expect(until { handler.disconnects == 1 })
            handler.respondToNext()
        }
    }

    @Test("112: an HTTP/1.0 client that half-closes gets its response, without an interim one")
    func halfCloseOfOldClient() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/1.0\r\n\r\n")
            client.endSending()
            usleep(500_000)
            #expect(handler.respondToNext())
            #expect(client.response()?.text == "held")
            #expect(client.waitForEnd())
        }
        #expect(handler.disconnects == 0)
    }

    @Test("A client that does not half-close gets no interim response")
    func openClient() throws {
        let handler = HoldingHandler()
        try withServer(handler, limits: limits) { port in
            let client = Client(port: port)
            client.send(Self.request)
            usleep(500_000)
            #expect(handler.respondToNext())
            #expect(client.response()?.text == "held")
            client.close()
            usleep(100_000)
        }
        #expect(handler.disconnects == 0)
    }

    @Test("Stopping without grace calls the disconnect handlers of requests in progress")
    func stop() throws {
        let handler = HoldingHandler()
        let server = Server(handler: handler, loops: 1)
        let client = Client(port: try server.start(host: "127.0.0.1", port: 0))
        client.send(Self.request)
        #expect(until { handler.count == 1 })
        server.stop(grace: 0)
        #expect(handler.disconnects == 1)
        handler.respondToNext()
    }

    // MARK: Streams

    @Test("A disconnect during a stream calls onClose", arguments: [true, false])
    func stream(resets: Bool) throws {
        let handler = WritingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(Self.request)
            #expect(until { handler.isWriting })
            handler.write()
            #expect(client.receiveSome(1000))
            #expect(handler.closes == 0)
            if resets { client.reset() } else { client.close() }
            #expect(
                until {
                    // A full close is only detected by a write.
                    if !resets { handler.write() }
                    return handler.closes == 1
                })
            // A callback that is registered after the disconnect is called too.
            handler.register()
            #expect(handler.closes == 2)
            handler.finish()
        }
        #expect(handler.closes == 2)
    }

    @Test("A disconnect after the end of a stream does not call onClose", arguments: ["1.1", "1.0"])
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
        #expect(handler.closes == 0)
    }
}

/// Streams one event per call of `write`.
private final class WritingHandler: SimpleHandler {
    private let state = Mutex((writer: BodyWriter?.none, closes: 0))

    var isWriting: Bool { state.withLock { $0.writer != nil } }
    /// Calls of `onClose` callbacks.
    var closes: Int { state.withLock { $0.closes } }

    func respond(to request: Request, _ responder: Responder) {
        responder.send(
            Response(
                status: .ok,
                body: .stream { writer in
                    self.state.withLock { $0.writer = writer }
                    self.register()
                }))
    }

    func register() {
        let writer = state.withLock { $0.writer }
        writer?.onClose { self.state.withLock { $0.closes += 1 } }
    }

    func write() {
        let writer = state.withLock { $0.writer }
        writer?.write(Array("event".utf8))
    }

    /// Ends the stream and releases the writer, which would otherwise form a reference cycle with the
    /// connection.
    func finish() {
        let writer = state.withLock { state in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.finish()
    }
}
