import HTTP1
import HTTP1Testing
import Synchronization
import Testing

@Suite("Responder and BodyWriter")
struct ResponderTests {
    private let get = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)

    @Test("A disconnect before the response calls the disconnect handler once")
    func disconnectBeforeResponse() {
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(get)
        connection.disconnect()
        connection.disconnect()
        #expect(handler.disconnects == 1)
        handler.respondToNext()
        #expect(handler.disconnects == 1)
        #expect(connection.sent.isEmpty)
    }

    @Test("A disconnect after the response does not call the disconnect handler")
    func disconnectAfterResponse() {
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.feed(get + get)
        handler.respondToNext()
        connection.disconnect()
        #expect(handler.disconnects == 1, "only the second request had no response")
        handler.registerAgain()
        #expect(handler.disconnects == 2)
        handler.respondToNext()
    }

    @Test("A disconnect handler that is registered after the response is not called")
    func registeredAfterResponse() {
        let calls = Calls()
        let connection = InMemoryConnection(
            handler: ClosureHandler { responder in
                responder.onDisconnect { calls.count() }
                responder.send(.text(.ok, ""))
                responder.onDisconnect { calls.count() }
            })
        connection.feed(get)
        connection.disconnect()
        #expect(calls.number == 0)
    }

    @Test("A disconnect handler does not retain the responder: a released responder sends 500")
    func releasedResponder() {
        let connection = InMemoryConnection(
            handler: ClosureHandler { responder in
                let wrapping = Responder(
                    { responder.send($0) }, onDisconnect: { responder.onDisconnect($0) })
                wrapping.onDisconnect {}
            })
        connection.feed(get)
        #expect(connection.responses.map(\.status) == [500])
    }

    @Test("Only an HTTP/1.1 client that waits for a handler is probed with 100 (Continue)")
    func probe() {
        let handler = HoldingHandler()
        let connection = InMemoryConnection(handler: handler)
        connection.sendProbe()
        connection.feed(Array(get.prefix(5)))
        connection.sendProbe()
        #expect(connection.sent.isEmpty)
        connection.feed(Array(get.dropFirst(5)))
        connection.sendProbe()
        connection.sendProbe()
        handler.respondToNext()
        connection.sendProbe()
        #expect(connection.responses.map(\.status) == [100, 100, 200])
        #expect(connection.responses.first?.fields == [])

        let old = InMemoryConnection(handler: handler)
        old.feed(Array("GET / HTTP/1.0\r\n\r\n".utf8))
        old.sendProbe()
        #expect(old.sent.isEmpty)
        handler.respondToNext()
    }

    @Test("A responder without a connection passes disconnect handlers to its creator")
    func closure() {
        let registered = Mutex<[@Sendable () -> Void]>([])
        let calls = Calls()
        let responder = Responder({ _ in }, onDisconnect: { call in registered.withLock { $0.append(call) } })
        responder.onDisconnect { calls.count() }
        for call in registered.withLock(\.self) { call() }
        #expect(calls.number == 1)
        responder.send(.text(.ok, ""))
        for call in registered.withLock(\.self) { call() }
        #expect(calls.number == 1, "no call is expected after the response")
        Responder { _ in }.onDisconnect { calls.count() }
        #expect(calls.number == 1)
    }

    @Test(
        "A stream with a length has a Content-Length",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: h", true), ("GET / HTTP/1.0\r\nConnection: keep-alive", true),
            ("GET / HTTP/1.0", false),
        ])
    func streamWithLength(_ head: String, _ keepsAlive: Bool) {
        for pieces in [
            ["one", "two"], ["onetwo"], ["", "o", "netwo", ""], ["onetwo", "three"], ["one", "two!"],
        ] {
            let connection = InMemoryConnection(handler: PiecesHandler(length: 6, pieces: pieces))
            connection.feed(Array("\(head)\r\n\r\n".utf8))
            let response = connection.responses.first
            #expect(response?["Content-Length"] == "6")
            #expect(response?["Transfer-Encoding"] == nil)
            #expect(response?.text == "onetwo", "\(pieces)")
            #expect(connection.sent.suffix(7) == Array("\nonetwo".utf8), "\(pieces)")
            #expect(connection.isClosed == !keepsAlive)
            connection.feed(get)
            #expect(connection.responses.count == (keepsAlive ? 2 : 1))
        }
    }

    @Test func theResponseToHEADHasTheLengthOfTheStream() {
        let connection = InMemoryConnection(handler: PiecesHandler(length: 6, pieces: []))
        connection.feed(Array("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
        #expect(String(decoding: connection.sent, as: UTF8.self).contains("\r\nContent-Length: 6\r\n"))
        #expect(connection.sent.suffix(4) == Array("\r\n\r\n".utf8))
        #expect(!connection.isClosed)
    }

    @Test func aStreamThatIsShorterThanItsLengthClosesTheConnection() {
        let connection = InMemoryConnection(handler: PiecesHandler(length: 6, pieces: ["one", "tw"]))
        connection.feed(get)
        #expect(connection.responses.isEmpty)
        #expect(connection.sent.suffix(5) == Array("onetw".utf8))
        #expect(connection.isClosed)
    }

    @Test("A stream is aborted and onClose is called when its writer exceeds the stream buffer")
    func overflow() {
        var limits = Limits()
        limits.maxPendingOutputBytes = 10
        limits.maxStreamBufferBytes = 100
        let calls = Calls()
        let kept = Mutex<BodyWriter?>(nil)
        let connection = InMemoryConnection(
            limits: limits,
            handler: ClosureHandler { responder in
                let stream = ResponseBody.stream { writer in
                    kept.withLock { $0 = writer }
                    writer.onClose { calls.count() }
                    for _ in 0..<100 { writer.write([UInt8](repeating: 1, count: 20)) }
                }
                responder.send(Response(status: .ok, body: stream))
            })
        connection.feed(get)
        #expect(kept.withLock { $0?.isOpen } == false)
        connection.disconnect()
        #expect(calls.number == 1)
        _ = kept.withLock { exchange(&$0, with: nil) }
    }
}

/// Replaces a value and returns the old one: releases a responder or writer, which would otherwise form a
/// reference cycle with the connection.
private func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
    defer { place = value }
    return place
}

private final class Calls: Sendable {
    private let calls = Atomic(0)
    var number: Int { calls.load(ordering: .relaxed) }
    func count() { calls.add(1, ordering: .relaxed) }
}

/// Responds with a stream of an announced length.
private struct PiecesHandler: SimpleHandler {
    let length: Int
    let pieces: [String]

    func respond(to request: Request, _ responder: Responder) {
        let stream = ResponseBody.stream(length: length) { [pieces] writer in
            for piece in pieces { writer.write(Array(piece.utf8)) }
            writer.finish()
        }
        responder.send(Response(status: .ok, body: stream))
    }
}

private struct ClosureHandler: SimpleHandler {
    let body: @Sendable (Responder) -> Void

    init(_ body: @escaping @Sendable (Responder) -> Void) { self.body = body }

    func respond(to request: Request, _ responder: Responder) { body(responder) }
}
