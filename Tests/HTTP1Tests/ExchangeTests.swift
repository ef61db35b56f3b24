import HTTP1
import HTTP1Testing
import Synchronization
import Testing

@Suite("The conversation of one connection")
struct ExchangeTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func get(_ path: String, version: String = "1.1") -> [UInt8] {
        bytes("GET \(path) HTTP/\(version)\r\nHost: h\r\n\r\n")
    }

    @Test("35, 110: nothing is said to a client that says nothing")
    func idleTimeOut() {
        let conversation = Conversation()
        conversation.timeOut()
        #expect(conversation.sent.isEmpty)
        #expect(conversation.isClosed)
    }

    @Test(
        "110: a slow head or body",
        arguments: [
            "G", "GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nx",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n",
        ])
    func slowRequest(_ start: String) {
        let conversation = Conversation()
        conversation.feed(bytes(start))
        conversation.timeOut()
        #expect(conversation.responses.map(\.status) == [408])
        #expect(conversation.isClosed)
    }

    @Test(
        "88, 89: a request that is cut off is not processed",
        arguments: [
            "GET / HTTP/1.1\r\nHost: h\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n1234",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ])
    func cutOff(_ start: String) {
        let conversation = Conversation()
        conversation.feed(bytes(start))
        conversation.end()
        #expect(conversation.sent.isEmpty)
        #expect(conversation.isClosed)
    }

    @Test("94: HEAD has GET's fields and no content")
    func head() {
        let asked = Conversation()
        asked.feed(bytes("HEAD /host HTTP/1.1\r\nHost: h\r\n\r\n"))
        let full = Conversation()
        full.feed(get("/host"))
        let head = Received.all(in: asked.sent, toHead: true)
        #expect(head.count == 1)
        #expect(head.first?.fields == full.responses.first?.fields)
        #expect(head.first?["Content-Length"] == "1")
        #expect(asked.sent.suffix(4) == bytes("\r\n\r\n"))
    }

    @Test(
        "94: an error has no content either when HEAD asked",
        arguments: ["HEAD /# HTTP/1.1\r\nHost: h\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n"])
    func headError(_ request: String) {
        let conversation = Conversation()
        conversation.feed(get("/") + bytes(request))
        #expect(Received.all(in: conversation.sent, toHead: false).first?.status == 200)
        #expect(String(decoding: conversation.sent, as: UTF8.self).contains("HTTP/1.1 400 "))
        #expect(conversation.sent.suffix(4) == bytes("\r\n\r\n"))
    }

    @Test("99: 100 (Continue) comes when the client waits for it")
    func expectContinue() {
        let conversation = Conversation()
        conversation.feed(
            bytes("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"))
        #expect(conversation.responses.map(\.status) == [100])
        conversation.feed(bytes("hi"))
        #expect(conversation.responses.map(\.status) == [100, 200])
        #expect(conversation.responses.last?.text == "hi")
        #expect(!conversation.isClosed)
    }

    @Test(
        "99: no 100 when the body is there, or there is none",
        arguments: [
            "Content-Length: 2\r\n\r\nhi", "Content-Length: 0\r\n\r\n",
        ])
    func expectWithBody(_ rest: String) {
        let conversation = Conversation()
        conversation.feed(bytes("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" + rest))
        #expect(conversation.responses.map(\.status) == [200])
    }

    @Test(
        "99: a refusal comes instead of 100",
        arguments: [
            ("/secret", 2, 401), ("/echo", 100_000_000, 413), ("/get-only", 2, 405),
        ])
    func expectRefused(_ path: String, _ length: Int, _ status: Int) {
        let conversation = Conversation()
        conversation.feed(
            bytes(
                "POST \(path) HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n"
            ))
        #expect(conversation.responses.map(\.status) == [status])
        #expect(conversation.isClosed)
    }

    @Test("101: 204 and 304 have neither content nor length", arguments: ["/204", "/304"])
    func noContent(_ path: String) {
        let conversation = Conversation()
        conversation.feed(get(path) + get("/"))
        #expect(conversation.responses.count == 2)
        #expect(conversation.responses.first?["Content-Length"] == nil)
        #expect(conversation.responses.last?.status == 200)
    }

    @Test("A stream goes in chunks to HTTP/1.1 and keeps the connection")
    func stream() {
        let conversation = Conversation()
        conversation.feed(get("/stream") + get("/"))
        #expect(
            String(decoding: conversation.sent, as: UTF8.self).contains(
                "3\r\none\r\n10\r\ntwo, and sixteen\r\n0\r\n\r\n"))
        #expect(conversation.responses.map(\.text) == ["onetwo, and sixteen", "GET /"])
    }

    @Test("A stream to HTTP/1.0 ends with the connection, whatever was asked for")
    func oldStream() {
        let conversation = Conversation()
        conversation.feed(bytes("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        #expect(conversation.responses.first?.text == "onetwo, and sixteen")
        #expect(conversation.responses.first?["Transfer-Encoding"] == nil)
        #expect(conversation.isClosed)
    }

    @Test(
        "A stream that is aborted or forgotten has no end", arguments: ["/broken-stream", "/dropped-stream"])
    func abortedStream(_ path: String) {
        let conversation = Conversation()
        conversation.feed(get(path))
        #expect(conversation.responses.isEmpty)
        #expect(!conversation.sent.isEmpty)
        #expect(conversation.isClosed)
    }

    @Test("The next request waits for the answer to the one before")
    func laterAnswer() {
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.feed(get("/1") + get("/2"))
        #expect(conversation.state == .handler)
        #expect(handler.paths == ["/1"])
        handler.answerNext()
        #expect(handler.paths == ["/1", "/2"])
        conversation.drain()
        handler.answerNext()
        conversation.feed([])
        #expect(conversation.isClosed)
    }

    @Test("A client that has ended its side still gets its answer")
    func halfClosed() {
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.feed(get("/1"))
        handler.answerNext()
        conversation.end()
        #expect(conversation.responses.map(\.status) == [200])
        #expect(conversation.isClosed)
    }

    @Test("An idle connection is drained at once")
    func drainIdle() {
        let conversation = Conversation()
        conversation.drain()
        #expect(conversation.isClosed)
    }

    @Test("113: a body beyond the limit, by chunks")
    func chunkedLimit() {
        var limits = Limits()
        limits.body = 10
        let conversation = Conversation(limits: limits)
        conversation.feed(
            bytes("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n"))
        #expect(conversation.responses.map(\.status) == [413])
        #expect(conversation.isClosed)
    }

    @Test("A large body arrives as it was sent, with room behind it")
    func largeBody() {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.feed(
            bytes("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\r\n") + body,
            pieces: [10_007])
        #expect(handler.lastBody == body)
        #expect(handler.lastBody.capacity >= body.count + 64)
        // Who waits for an answer is kept until it comes.
        handler.answerNext()
    }
}

/// Keeps requests until told to answer.
final class HoldingHandler: Handler {
    private struct State {
        var paths: [String] = []
        var responders: [Responder] = []
        var body: [UInt8] = []
        var gone = 0
    }

    private let state = Mutex(State())

    var paths: [String] { state.withLock { $0.paths } }
    var count: Int { state.withLock { $0.paths.count } }
    var lastBody: [UInt8] { state.withLock { $0.body } }
    /// How many times a client has gone without its answer.
    var gone: Int { state.withLock { $0.gone } }

    func respond(to request: Request, _ responder: Responder) {
        responder.whenGone { self.state.withLock { $0.gone += 1 } }
        state.withLock {
            $0.paths.append(request.path)
            $0.responders.append(responder)
            $0.body = request.body
        }
    }

    /// Asks again about the oldest request that waits.
    func askAgain() {
        let responder = state.withLock { $0.responders.first }
        responder?.whenGone { self.state.withLock { $0.gone += 1 } }
    }

    /// Answers the oldest request that waits, if any.
    @discardableResult
    func answerNext() -> Bool {
        let responder = state.withLock { $0.responders.isEmpty ? nil : $0.responders.removeFirst() }
        responder?.send(.text(.ok, "held"))
        return responder != nil
    }
}
