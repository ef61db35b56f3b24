import HTTP1
import HTTP1Testing
import Testing

@Suite("RequestTarget, HeaderFields and HTTPDate")
struct MessageTests {
    @Test func aPathIsSplitBeforeItIsDecoded() throws {
        let target = try #require(RequestTarget("/models/a%2Fb/%C3%A9+x/"))
        #expect(target.segments == ["models", "a/b", "é+x", ""])
        #expect(target.path == "/models/a%2Fb/%C3%A9+x/")
        #expect(target.query == nil)
        #expect(try #require(RequestTarget("/")).segments == [])
    }

    @Test func aNormalizedPathHasNoEncodedUnreservedCharacters() throws {
        for (path, normalized) in [
            ("/", "/"), ("/models", "/models"),
            ("/%6Dodels/%6d%2D%2e%5F%7E%41%7a%30?%6D", "/models/m-._~Az0"),
            ("/a%2Fb%2fc%25%3A%20%C3%A9+", "/a%2Fb%2fc%25%3A%20%C3%A9+"), ("/%2568", "/%2568"),
        ] {
            #expect(try #require(RequestTarget(path)).normalizedPath == normalized)
        }
    }

    @Test func queryItemsAreDecodedAndEmptyOnesAreSkipped() throws {
        let target = try #require(RequestTarget("/summary?model=my+toy%21&&flag&a=b=c&e="))
        #expect(target.queryItems.map(\.name) == ["model", "flag", "a", "e"])
        #expect(target.queryItems.map(\.value) == ["my toy!", "", "b=c", ""])
        #expect(target.query("model") == "my toy!")
        #expect(target.query("Model") == nil)
        #expect(target.query == "model=my+toy%21&&flag&a=b=c&e=")
    }

    @Test(arguments: [
        "", "a", "/a b", "/a#b", "/\\", "/%", "/%4", "/%00", "/é", "/<", "//\"", "/{", "/?<", "/?a b",
        "http://h/",
    ])
    func anInvalidTargetIsNil(_ text: String) {
        #expect(RequestTarget(text) == nil)
    }

    @Test func fieldNamesAreCaseInsensitive() {
        let fields = HeaderFields([
            (name: "Accept", value: "a"), (name: "X", value: ""), (name: "aCCEPT", value: "b"),
        ])
        #expect(fields["accept"] == "a")
        #expect(fields.values(of: "ACCEPT") == ["a", "b"])
        #expect(fields["x"] == "")
        #expect(fields["y"] == nil)
        let all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let lowercase = HeaderFields([
            (name: "abcdefghijklmnopqrstuvwxyz", value: "1"), (name: "[", value: "2"),
        ])
        #expect(lowercase[all] == "1")
        #expect(lowercase["{"] == nil)
        #expect(fields.count == 3)
        #expect(fields.map(\.name) == ["Accept", "X", "aCCEPT"])
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
    ])
    func datesAreIMFFixdates(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.format(seconds) == text)
    }
}

@Suite("ResponseEncoder and OutputQueue")
struct ResponseEncoderTests {
    private func sent(_ response: Response) -> String {
        let connection = InMemoryConnection(handler: FixedHandler(response: response))
        connection.feed(Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
        return String(decoding: connection.sent, as: UTF8.self)
    }

    private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    @Test func aTextResponseHasTypeAndLength() {
        #expect(
            sent(.text(.created, "hello"))
                == "HTTP/1.1 201 Created\r\n\(date)Content-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 5\r\n\r\nhello")
    }

    @Test func anUnknownStatusHasAnEmptyReasonPhrase() {
        #expect(
            sent(Response(status: Status(code: 299)))
                == "HTTP/1.1 299 \r\n\(date)Content-Length: 0\r\n\r\n")
    }

    @Test("A handler cannot set framing fields, and a value cannot contain line breaks")
    func reservedFields() {
        let response = Response(
            status: .ok,
            fields: [
                (name: "content-length", value: "99"), (name: "Transfer-Encoding", value: "x"),
                (name: "Connection", value: "close"), (name: "DATE", value: "now"),
                (name: "X", value: "a\r\nSet-Cookie: b\0"), (name: "Y", value: "é"),
            ])
        #expect(
            sent(response)
                == "HTTP/1.1 200 OK\r\n\(date)X: a  Set-Cookie: b \r\nY: é\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("Pipelined responses with large bodies are sent unchanged")
    func largeBodies() {
        let large = [UInt8](repeating: 7, count: 100_000)
        let connection = InMemoryConnection(
            handler: FixedHandler(response: Response(status: .ok, body: .bytes(large))))
        let request = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        connection.feed(request + request)
        #expect(connection.responses.map(\.body) == [large, large])
    }

    @Test func partialSendsKeepTheOrderOfTheOutput() {
        var queue = OutputQueue()
        let pieces = [
            [1, 2, 3], [UInt8](repeating: 4, count: 40_000), [5], [UInt8](repeating: 6, count: 20_000),
        ]
        var sent: [UInt8] = []
        var turns = 0
        for piece in pieces { queue.append(piece) }
        let all = pieces.flatMap(\.self)
        #expect(queue.count == all.count)
        while !queue.isEmpty {
            turns += 1
            var room = 7001
            let done = queue.drain { first, second -> Int? in
                guard room > 0 else { return nil }
                let taken = Array(first) + Array(second)
                let count = min(room, taken.count)
                sent += taken.prefix(count)
                room -= count
                return count
            }
            #expect(done == queue.isEmpty)
        }
        #expect(sent == all)
        #expect(turns == (all.count + 7000) / 7001)
    }
}

private struct FixedHandler: SimpleHandler {
    let response: Response

    func respond(to request: Request, _ responder: Responder) { responder.send(response) }
}
