import HTTP1
import HTTP1Testing
import Synchronization
import Testing

@Suite("The way to answer one request")
struct ResponderTests {
    private let get = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)

    @Test("A connection that goes before the answer is told of, once")
    func gone() {
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.feed(get)
        conversation.disconnect()
        conversation.disconnect()
        #expect(handler.gone == 1)
        handler.answerNext()
        #expect(handler.gone == 1)
        #expect(conversation.sent.isEmpty)
    }

    @Test("A connection that goes after the answer is not told of")
    func goneAfterTheAnswer() {
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.feed(get + get)
        handler.answerNext()
        conversation.disconnect()
        #expect(handler.gone == 1, "the second has no answer")
        handler.askAgain()
        #expect(handler.gone == 2)
        handler.answerNext()
    }

    @Test("Who has answered is told nothing, even if it asks afterwards")
    func answered() {
        let calls = Calls()
        let conversation = Conversation(
            handler: ClosureHandler { responder in
                responder.whenGone { calls.count() }
                responder.send(.text(.ok, ""))
                responder.whenGone { calls.count() }
            })
        conversation.feed(get)
        conversation.disconnect()
        #expect(calls.number == 0)
    }

    @Test("To ask keeps no responder alive: one that is forgotten answers 500")
    func forgotten() {
        let conversation = Conversation(handler: ClosureHandler { $0.map { $0 }.whenGone {} })
        conversation.feed(get)
        #expect(conversation.responses.map(\.status) == [500])
    }

    @Test("100 (Continue) is for clients of HTTP/1.1 that wait for a handler")
    func probe() {
        let handler = HoldingHandler()
        let conversation = Conversation(handler: handler)
        conversation.probe()
        conversation.feed(Array(get.prefix(5)))
        conversation.probe()
        #expect(conversation.sent.isEmpty)
        conversation.feed(Array(get.dropFirst(5)))
        conversation.probe()
        conversation.probe()
        handler.answerNext()
        conversation.probe()
        #expect(conversation.responses.map(\.status) == [100, 100, 200])
        #expect(conversation.responses.first?.fields == [])

        let old = Conversation(handler: handler)
        old.feed(Array("GET / HTTP/1.0\r\n\r\n".utf8))
        old.probe()
        #expect(old.sent.isEmpty)
        handler.answerNext()
    }

    @Test("A responder made of another sends what becomes of its answer, and knows when the client goes")
    func map() {
        let answered = Conversation(
            handler: ClosureHandler { responder in
                responder.map { Response(status: .accepted, body: $0.body) }.send(.text(.ok, "hello"))
            })
        answered.feed(get)
        #expect(answered.responses.map(\.status) == [202])
        #expect(answered.responses.first?.text == "hello")

        let calls = Calls()
        let kept = Mutex<Responder?>(nil)
        let left = Conversation(
            handler: ClosureHandler { responder in
                let mapped = responder.map { $0 }
                mapped.whenGone { calls.count() }
                kept.withLock { $0 = mapped }
            })
        left.feed(get)
        left.disconnect()
        #expect(calls.number == 1)
        _ = kept.withLock { exchange(&$0, with: nil) }
    }

    @Test("A responder without a connection is told by whoever made it")
    func closure() {
        let asked = Mutex<[@Sendable () -> Void]>([])
        let calls = Calls()
        let responder = Responder({ _ in }, whenGone: { call in asked.withLock { $0.append(call) } })
        responder.whenGone { calls.count() }
        for call in asked.withLock(\.self) { call() }
        #expect(calls.number == 1)
        responder.send(.text(.ok, ""))
        for call in asked.withLock(\.self) { call() }
        #expect(calls.number == 1, "it has answered")
        Responder { _ in }.whenGone { calls.count() }
        #expect(calls.number == 1)
    }

    @Test("A stream whose writer doesn't heed that it should wait is at an end, and the writer told")
    func overflow() {
        var limits = Limits()
        limits.pendingOutput = 10
        limits.streamBuffer = 100
        let calls = Calls()
        let kept = Mutex<BodyWriter?>(nil)
        let conversation = Conversation(
            limits: limits,
            handler: ClosureHandler { responder in
                let stream = ResponseBody.stream { writer in
                    kept.withLock { $0 = writer }
                    writer.whenClosed { calls.count() }
                    for _ in 0..<100 { writer.write([UInt8](repeating: 1, count: 20)) }
                }
                responder.send(Response(status: .ok, body: stream))
            })
        conversation.feed(get)
        #expect(kept.withLock { $0?.isOpen } == false)
        conversation.disconnect()
        #expect(calls.number == 1)
        _ = kept.withLock { exchange(&$0, with: nil) }
    }
}

/// Takes a value out and leaves another: a handler that keeps what leads to its connection would go round in a circle.
private func exchange<Value>(_ place: inout Value, with value: Value) -> Value {
    defer { place = value }
    return place
}

private final class Calls: Sendable {
    private let calls = Atomic(0)
    var number: Int { calls.load(ordering: .relaxed) }
    func count() { calls.add(1, ordering: .relaxed) }
}

private struct ClosureHandler: Handler {
    let body: @Sendable (Responder) -> Void

    init(_ body: @escaping @Sendable (Responder) -> Void) { self.body = body }

    func respond(to request: Request, _ responder: Responder) { body(responder) }
}
