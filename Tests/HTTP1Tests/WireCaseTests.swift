import HTTP1
import HTTP1Testing
import Testing

@Suite("The cases of wire-cases.md, in memory")
struct WireCaseTests {
    // Not in these tables: 35, 88, 89, 94, 99, 110 and 112, and details of 101 to 103, which need more than
    // input and output: see ExchangeTests, ServerTests, LimitTests and DisconnectTests. ServingAPI is
    // responsible for 107 to 109.
    static let all: [WireCase] =
        WireCase.requestLine + WireCase.fields + WireCase.framing + WireCase.chunked + WireCase.afterBody
        + WireCase.connection

    @Test(arguments: all)
    func aMessageThatArrivesWholeGetsItsResponse(_ row: WireCase) { check(row, pieces: [.max]) }

    /// Case 111 of wire-cases.md.
    @Test(arguments: all)
    func aMessageThatArrivesByteByByteGetsTheSameResponse(_ row: WireCase) { check(row, pieces: [1]) }

    /// Splits a message at each position of its head, or at each position of the whole message if it is
    /// short.
    @Test(arguments: all)
    func aMessageThatArrivesInTwoPiecesGetsTheSameResponse(_ row: WireCase) {
        let end = Array("\r\n\r\n".utf8)
        let head = row.bytes.indices.first { row.bytes[$0...].starts(with: end) }.map { $0 + end.count }
        for split in 1..<max(2, row.bytes.count < 300 ? row.bytes.count : head ?? row.bytes.count) {
            check(row, pieces: [split, .max])
        }
    }

    /// A handler that receives bodies piece by piece must not make a difference.
    @Test(arguments: all, [Int.max, 1])
    func aMessageWhoseBodyHasAReceiverGetsTheSameResponse(_ row: WireCase, pieceSize: Int) {
        check(row, pieces: [pieceSize], ReceivingHandler())
    }

    private func check(_ row: WireCase, pieces: [Int], _ handler: any Handler = SampleHandler()) {
        let connection = InMemoryConnection(handler: handler)
        connection.feed(row.bytes, pieces: pieces)
        let responses = connection.responses
        #expect(responses.map(\.status) == row.statuses, "\(row) in pieces of \(pieces)")
        #expect(connection.isClosed == (row.persistence == .closes), "\(row) in pieces of \(pieces)")
        if let text = row.text { #expect(responses.last?.text == text, "\(row)") }
        for response in responses {
            // Cases 102 to 104 of wire-cases.md.
            #expect(response["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            if response.status >= 400 { #expect(response["Content-Type"] == "text/plain; charset=utf-8") }
            #expect(response["Set-Cookie"] == nil)
        }
        let last = responses.last
        #expect((last?["Connection"] == "close") == (row.persistence == .closes), "\(row)")
        if row.number == 16, last?.status == 405 { #expect(last?["Allow"] == "GET, HEAD") }
    }
}

@Suite("The cases of wire-cases.md, over a socket", .serialized)
struct LiveWireCaseTests {
    @Test(arguments: [Int.max, 1])
    func aMessageGetsItsResponse(pieceSize size: Int) throws {
        try withServer { port in
            for row in WireCaseTests.all where (87...117).contains(row.number) {
                let client = Client(port: port)
                let size = min(size, row.bytes.count)
                for start in stride(from: 0, to: row.bytes.count, by: size) {
                    client.send(Array(row.bytes[start..<min(start + size, row.bytes.count)]))
                }
                var statuses: [Int] = []
                while statuses.count < row.statuses.count, let response = client.response() {
                    statuses.append(response.status)
                }
                #expect(statuses == row.statuses, "\(row)")
                switch row.persistence {
                case .keeps: #expect(client.get("/next")?.text == "GET /next", "\(row)")
                case .closes:
                    #expect(client.waitForEnd(), "\(row)")
                    #expect(!client.wasReset, "\(row)")
                }
            }
        }
    }
}
