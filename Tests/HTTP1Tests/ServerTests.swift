import Dispatch
import Foundation
import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// Numbers in titles are those of wire-cases.md.
@Suite("Server over a socket", .serialized)
struct ServerTests {
    @Test("97: a connection serves many requests, with any number of event loops", arguments: [1, 3])
    func keepAlive(loops: Int) throws {
        try withServer(loops: loops) { port in
            let clients = (0..<5).map { _ in Client(port: port) }
            for number in 0..<50 {
                for client in clients { #expect(client.get("/\(number)")?.text == "GET /\(number)") }
            }
        }
    }

    @Test("98: thousands of pipelined requests get their responses in order")
    func pipelining() throws {
        try withServer { port in
            let client = Client(port: port)
            let count = 5000
            let requests = (0..<count).map { "GET /n\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
            #expect(client.send(requests) == requests.utf8.count)
            var responses = 0
            while responses < count, client.response()?.text == "GET /n\(responses)" { responses += 1 }
            #expect(responses == count)
        }
    }

    @Test("94: a response to HEAD has no content that could corrupt the next response")
    func head() throws {
        try withServer { port in
            let client = Client(port: port)
            client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.response(toHead: true)?["Content-Length"] == "7")
            #expect(client.get("/y")?.text == "GET /y")
        }
    }

    @Test("99: a client that waits for 100 (Continue) gets it, then the response")
    func expectContinue() throws {
        try withServer { port in
            let client = Client(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(client.response()?.status == 100)
            client.send("hi")
            #expect(client.response()?.text == "hi")
        }
    }

    @Test("66: a client that sends 200 MB can read its 413 before the connection closes")
    func contentTooLarge() throws {
        try withServer { port in
            for _ in 0..<3 {
                let client = Client(port: port)
                client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 209715200\r\n\r\n")
                let piece = [UInt8](repeating: 1, count: 1024 * 1024)
                for _ in 0..<200 where client.send(piece) < piece.count { break }
                #expect(client.response()?.status == 413)
                #expect(!client.wasReset)
            }
        }
    }

    @Test("Bodies of any size are received and sent unchanged")
    func echo() throws {
        try withServer { port in
            let client = Client(port: port)
            for size in [0, 1, 16_383, 16_384, 65_536, 1_000_003] {
                let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                client.send(
                    Array("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n".utf8) + body)
                #expect(client.response()?.body == body)
            }
        }
    }

    @Test("A client that sends and does not read gets all responses unchanged later")
    func slowReader() throws {
        try withServer { port in
            let client = Client(port: port, receiveBuffer: 4096)
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
            let head = Array("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
            client.send(head + body)
            usleep(100_000)
            client.send("GET /after HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(client.response()?.body == body)
            #expect(client.response()?.text == "GET /after")
        }
    }

    @Test("A stream can be written from another thread")
    func stream() throws {
        try withServer(StreamingHandler()) { port in
            let client = Client(port: port)
            for _ in 0..<3 {
                let response = client.get("/")
                #expect(response?["Transfer-Encoding"] == "chunked")
                #expect(response?.text == (0..<100).map { "piece \($0)\n" }.joined())
            }
        }
    }

    @Test("A response can be sent from another thread while pipelined requests wait")
    func delayedResponse() throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send(String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 3))
            for number in 1...3 {
                #expect(until { handler.paths.count == number })
                #expect(handler.respondToNext())
                #expect(client.response()?.text == "held")
            }
        }
    }

    @Test("35, 110: an idle connection is closed without a response, a slow request gets 408")
    func timeOuts() throws {
        var limits = Limits()
        limits.idleTimeout = 0.2
        limits.headerTimeout = 0.2
        limits.bodyTimeout = 0.2
        try withServer(limits: limits) { port in
            let idle = Client(port: port)
            let slowHead = Client(port: port)
            slowHead.send("GET / HTT")
            let slowBody = Client(port: port)
            slowBody.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx")
            let kept = Client(port: port)
            #expect(kept.get("/")?.status == 200)
            #expect(idle.waitForEnd())
            #expect(idle.received.isEmpty)
            #expect(slowHead.response()?.status == 408)
            #expect(slowHead.waitForEnd())
            #expect(slowBody.response()?.status == 408)
            #expect(slowBody.waitForEnd())
            #expect(kept.waitForEnd())
        }
    }

    @Test("110: a client that does not read is disconnected after the write time-out")
    func writeTimeOut() throws {
        var limits = Limits()
        limits.writeTimeout = 0.3
        let before = openDescriptors()
        try withServer(LargeHandler(), limits: limits) { port in
            let client = Client(port: port, receiveBuffer: 4096)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            usleep(1_000_000)
            client.receiveAll()
            #expect(client.isAtEnd)
            #expect(client.received.count < LargeHandler.size)
        }
        #expect(until { openDescriptors() <= before })
    }

    @Test("112: resets at any time leak no descriptor")
    func resets() throws {
        let before = openDescriptors()
        let handler = HoldingHandler()
        try withServer(handler) { port in
            for start in [
                "", "GET", "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx",
            ] {
                for _ in 0..<5 {
                    let client = Client(port: port)
                    client.send(start)
                    usleep(2000)
                    client.reset()
                }
            }
            usleep(50_000)
            while handler.respondToNext() {}
            let client = Client(port: port)
            client.send("GET /alive HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(until { handler.respondToNext() })
            #expect(client.response()?.status == 200)
        }
        #expect(until { openDescriptors() <= before })
    }

    @Test("112: a client that half-closes after pipelined requests gets all responses")
    func halfClose() throws {
        let handler = HoldingHandler()
        try withServer(handler) { port in
            let client = Client(port: port)
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
            client.endSending()
            for _ in 0..<2 {
                usleep(20_000)
                #expect(until { handler.respondToNext() })
                #expect(client.finalResponse()?.text == "held")
            }
            #expect(client.waitForEnd())
        }
    }

    @Test("A graceful stop finishes requests in progress and closes idle connections")
    func gracefulStop() throws {
        let handler = HoldingHandler()
        let server = Server(handler: handler, loops: 2)
        let port = try server.start(host: "127.0.0.1", port: 0)
        let idle = Client(port: port)
        let busy = Client(port: port)
        busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(until { !handler.paths.isEmpty })
        let stopped = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            server.stop(grace: 10)
            stopped.signal()
        }
        #expect(idle.waitForEnd())
        #expect(Client(port: port).isAtEnd)
        #expect(stopped.wait(timeout: .now() + 0.05) == .timedOut)
        #expect(handler.respondToNext())
        let response = busy.response()
        #expect(response?.status == 200)
        #expect(response?["Connection"] == "close")
        #expect(busy.waitForEnd())
        busy.close()
        #expect(stopped.wait(timeout: .now() + 5) == .success)
    }

    private static let hosts: [(host: String, isLoopback: Bool)] = [
        ("127.0.0.1", true), ("127.1", true), ("0x7f.1", true), ("127.9.8.7", true), ("localhost", true),
        ("LOCALHOST", true),
        ("::1", true), ("::ffff:127.0.0.1", true), ("0:0:0:0:0:FFFF:7F00:1", true), ("0.0.0.0", false),
        ("::", false), ("::ffff:0.0.0.0", false),
    ]

    @Test(
        "A listening socket is on loopback if its address is, however the host is written",
        arguments: hosts + namesOfLoopback.map { ($0, true) })
    func loopback(host: String, isLoopback: Bool) throws {
        // A machine without IPv6 does not have these addresses.
        if host.contains(":"), (try? ListeningSocket(host: "::1", port: 0).port) == nil { return }
        #expect(try ListeningSocket(host: host, port: 0).isLoopback == isLoopback)
    }

    /// The names that /etc/hosts gives to 127.0.0.1.
    private static let namesOfLoopback: [String] = {
        let text = (try? String(contentsOfFile: "/etc/hosts", encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        return lines.filter { $0.first == "127.0.0.1" }.flatMap { $0.dropFirst().map(String.init) }
    }()

    @Test("A listening socket that is not used is closed, and a server starts on the other")
    func listeningSockets() throws {
        let port = try ListeningSocket(host: "127.0.0.1", port: 0).port
        let socket = try ListeningSocket(host: "127.0.0.1", port: port)
        #expect(socket.port == port)
        let server = Server(handler: SampleHandler())
        try server.start(on: socket)
        defer { server.stop(grace: 0) }
        let client = Client(port: port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.response() != nil)
    }

    @Test("Starting on a port in use throws an error that names the address, the call and a remedy")
    func portInUse() throws {
        try withServer { port in
            let error = #expect(throws: ServerError.self) {
                try Server(handler: SampleHandler()).start(host: "127.0.0.1", port: port)
            }
            let text = error?.description ?? ""
            #expect(text.contains("127.0.0.1 port \(port)"))
            #expect(text.contains("bind: Address already in use"))
            #expect(text.contains("choose another port"))
        }
    }
}

/// Streams a hundred pieces from another thread.
private struct StreamingHandler: SimpleHandler {
    func respond(to request: Request, _ responder: Responder) {
        responder.send(
            Response(
                status: .ok,
                body: .stream { writer in
                    DispatchQueue.global().async {
                        for number in 0..<100 { writer.write(Array("piece \(number)\n".utf8)) }
                        writer.finish()
                    }
                }))
    }
}

/// Responds with more bytes than any socket buffers.
private struct LargeHandler: SimpleHandler {
    static let size = 64 * 1024 * 1024

    func respond(to request: Request, _ responder: Responder) {
        responder.send(Response(status: .ok, body: .bytes([UInt8](repeating: 1, count: Self.size))))
    }
}
