import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// Who watches exchanges sees each of them begin and end once, whoever gives the answer.
@Suite struct ObserverTests {
    /// What has been seen, a line an exchange.
    private final class Watch: Sendable {
        let lines = Mutex<[String]>([])
    }

    private final class Observer: ExchangeObserver {
        let path: String
        let watch: Watch

        init(_ path: String, _ watch: Watch) {
            self.path = path
            self.watch = watch
        }

        func willAnswer(_ response: inout Response) {
            response.fields.append((name: "X-Seen", value: path))
        }

        func ended(_ end: ExchangeEnd) {
            let status = end.status.map { "\($0.code)" } ?? "none"
            watch.lines.withLock {
                $0.append("\(path) \(status) \(end.contentBytes) \(end.isWhole ? "whole" : "cut")")
            }
        }
    }

    private struct Watched: Handler {
        let watch: Watch
        private let sample = SampleHandler()

        init(_ watch: Watch) { self.watch = watch }

        func observer(of head: RequestHead?, from peer: String?) -> (any ExchangeObserver)? {
            Observer(head?.path ?? "-", watch)
        }

        func preflight(_ head: RequestHead) -> Response? {
            #expect((head.observer as? Observer)?.path == head.path)
            return sample.preflight(head)
        }

        func respond(to request: Request, _ responder: Responder) {
            if request.path == "/never" { return kept.keep(responder) }
            sample.respond(to: request, responder)
        }

        private let kept = Kept()

        private final class Kept: Sendable {
            private let responders = Mutex<[Responder]>([])

            func keep(_ responder: Responder) { responders.withLock { $0.append(responder) } }
        }
    }

    private func seen(
        _ requests: String, limits: Limits = Limits(), then: (Conversation) -> Void = { _ in }
    ) -> (lines: [String], sent: String) {
        let watch = Watch()
        let conversation = Conversation(limits: limits, handler: Watched(watch))
        conversation.feed(Array(requests.replacing("\n", with: "\r\n").utf8))
        then(conversation)
        return (watch.lines.withLock { $0 }, String(decoding: conversation.sent, as: UTF8.self))
    }

    @Test(arguments: [
        ("GET /a HTTP/1.1\nHost: h\n\n", "/a 200 6 whole"),
        ("HEAD /a HTTP/1.1\nHost: h\n\n", "/a 200 0 whole"),
        ("POST /echo HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc", "/echo 200 3 whole"),
        ("GET /204 HTTP/1.1\nHost: h\n\n", "/204 204 0 whole"),
        ("GET /secret HTTP/1.1\nHost: h\n\n", "/secret 401 12 whole"),
        ("OPTIONS * HTTP/1.1\nHost: h\n\n", "* 204 0 whole"),
        ("GET /stream HTTP/1.1\nHost: h\n\n", "/stream 200 19 whole"),
        ("GET /broken-stream HTTP/1.1\nHost: h\n\n", "/broken-stream 200 3 cut"),
    ]) func eachAnswerIsSeen(_ request: String, _ line: String) {
        let (lines, sent) = seen(request)
        #expect(lines == [line])
        #expect(sent.contains("\r\nX-Seen: \(line.prefix { $0 != " " })\r\n"))
    }

    @Test func whatIsNoRequestIsSeenToo() {
        for (request, status) in [
            ("nonsense\n\n", 400), ("BREW / HTTP/1.1\nHost: h\n\n", 501),
            ("GET / HTTP/2.0\nHost: h\n\n", 505),
        ] {
            let (lines, sent) = seen(request)
            #expect(lines.count == 1 && lines[0].hasPrefix("- \(status) "), "\(request)")
            #expect(sent.contains("\r\nX-Seen: -\r\n"))
        }
    }

    @Test func aBodyThatIsNoneBelongsToItsRequest() {
        let (lines, _) = seen("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nxyz\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("/echo 400 "))
    }

    @Test func whoGoesBeforeTheAnswerIsSeenToo() {
        #expect(seen("GET /never HTTP/1.1\nHost: h\n\n") { $0.disconnect() }.lines == ["/never none 0 cut"])
        let half = "POST /echo HTTP/1.1\nHost: h\nContent-Length: 3\n\na"
        #expect(seen(half) { $0.disconnect() }.lines == ["/echo none 0 cut"])
        #expect(seen("GET /never HTTP/1.1\nHost: h\n\n").lines == [])
    }

    @Test func eachOfSeveralEndsOnce() {
        let one = "GET /a HTTP/1.1\nHost: h\n\n"
        let (lines, _) = seen(one + one + "GET /dropped HTTP/1.1\nHost: h\n\n" + one) { $0.disconnect() }
        #expect(lines.count == 4)
        #expect(lines[0] == "/a 200 6 whole" && lines[2].hasPrefix("/dropped 500 ") && lines[3] == lines[0])
    }
}
