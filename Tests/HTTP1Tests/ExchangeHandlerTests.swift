import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// An exchange handler sees each exchange begin and end once, whether it or the server itself responds.
@Suite struct ExchangeHandlerTests {
    /// One line per exchange that has ended.
    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    private final class LoggedExchange: ExchangeHandler {
        private let head: RequestHead?
        private let handler: LoggingHandler
        private var path: String { head?.path ?? "-" }

        init(_ head: RequestHead?, _ handler: LoggingHandler) {
            self.head = head
            self.handler = handler
        }

        func preflight() -> Response? { head.flatMap(SampleHandler().preflight) }

        func respond(to request: Request, _ responder: Responder) {
            #expect(request.path == path)
            if request.path == "/never" { return handler.kept.withLock { $0.append(responder) } }
            SampleHandler().respond(to: request, responder)
        }

        func willRespond(with response: inout Response) {
            response.fields.append((name: "X-Observed", value: path))
        }

        func didEnd(_ end: ExchangeEnd) {
            let status = end.status.map { "\($0.code)" } ?? "none"
            handler.log.lines.withLock {
                $0.append("\(path) \(status) \(end.contentBytes) \(end.isComplete ? "whole" : "cut")")
            }
        }
    }

    private final class LoggingHandler: Handler {
        let log: Log
        /// Responders that are never used.
        let kept = Mutex<[Responder]>([])

        init(_ log: Log) { self.log = log }

        func exchange(for head: RequestHead?, from peer: String?) -> any ExchangeHandler {
            LoggedExchange(head, self)
        }
    }

    private func observed(
        _ requests: String, limits: Limits = Limits(), then: (InMemoryConnection) -> Void = { _ in }
    ) -> (lines: [String], sent: String) {
        let log = Log()
        let connection = InMemoryConnection(limits: limits, handler: LoggingHandler(log))
        connection.feed(Array(requests.replacing("\n", with: "\r\n").utf8))
        then(connection)
        return (log.lines.withLock { $0 }, String(decoding: connection.sent, as: UTF8.self))
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
    ]) func eachResponseIsObserved(_ request: String, _ line: String) {
        let (lines, sent) = observed(request)
        #expect(lines == [line])
        #expect(sent.contains("\r\nX-Observed: \(line.prefix { $0 != " " })\r\n"))
    }

    /// The authority of an absolute-form target comes before Host (RFC 9112, 3.2.2).
    @Test(arguments: [
        ("GET /host HTTP/1.1\nHost: h:80\n\n", "h:80"),
        ("GET http://H:80/host HTTP/1.1\nHost: h:80\n\n", "H:80"),
        ("GET http://h/host HTTP/1.0\n\n", "h"), ("GET /host HTTP/1.0\n\n", "-"),
    ]) func aHeadHasTheAuthorityOfTheRequest(_ request: String, _ authority: String) {
        #expect(observed(request).sent.hasSuffix("\r\n\r\n\(authority)"))
    }

    @Test func malformedRequestsAreObserved() {
        for (request, status) in [
            ("nonsense\n\n", 400), ("BREW / HTTP/1.1\nHost: h\n\n", 501),
            ("GET / HTTP/2.0\nHost: h\n\n", 505),
        ] {
            let (lines, sent) = observed(request)
            #expect(lines.count == 1 && lines[0].hasPrefix("- \(status) "), "\(request)")
            #expect(sent.contains("\r\nX-Observed: -\r\n"))
        }
    }

    @Test func aMalformedBodyIsObservedWithItsRequest() {
        let (lines, _) = observed("POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\nxyz\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("/echo 400 "))
    }

    @Test func aDisconnectBeforeTheResponseIsObserved() {
        #expect(
            observed("GET /never HTTP/1.1\nHost: h\n\n") { $0.disconnect() }.lines == ["/never none 0 cut"])
        let half = "POST /echo HTTP/1.1\nHost: h\nContent-Length: 3\n\na"
        #expect(observed(half) { $0.disconnect() }.lines == ["/echo none 0 cut"])
        #expect(observed("GET /never HTTP/1.1\nHost: h\n\n").lines == [])
    }

    @Test func eachPipelinedExchangeEndsOnce() {
        let one = "GET /a HTTP/1.1\nHost: h\n\n"
        let (lines, _) = observed(one + one + "GET /dropped HTTP/1.1\nHost: h\n\n" + one) { $0.disconnect() }
        #expect(lines.count == 4)
        #expect(lines[0] == "/a 200 6 whole" && lines[2].hasPrefix("/dropped 500 ") && lines[3] == lines[0])
    }
}
