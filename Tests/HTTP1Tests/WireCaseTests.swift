import HTTP1
import HTTP1Testing
import Testing

@Suite("Wire-level cases, by their numbers")
struct WireCaseTests {
    // Not here: 35, 88, 89, 94, 99, 101 to 103 in detail, 110 and 112, which are more than bytes in and
    // bytes out: see ExchangeTests and ServerTests. 107 to 109 belong to the service.
    static let all: [WireCase] =
        WireCase.requestLine + WireCase.fields + WireCase.framing + WireCase.chunked + WireCase.afterBody
        + WireCase.connection

    @Test(arguments: all)
    func whole(_ row: WireCase) { check(row, pieces: [.max]) }

    /// Case 111.
    @Test(arguments: all)
    func byteByByte(_ row: WireCase) { check(row, pieces: [1]) }

    @Test(arguments: all.filter { $0.bytes.count < 300 })
    func inTwoPieces(_ row: WireCase) {
        for split in 1..<max(2, row.bytes.count) { check(row, pieces: [split, .max]) }
    }

    private func check(_ row: WireCase, pieces: [Int]) {
        let conversation = Conversation()
        conversation.feed(row.bytes, pieces: pieces)
        let responses = conversation.responses
        #expect(responses.map(\.status) == row.statuses, "\(row) in pieces of \(pieces)")
        #expect(conversation.isClosed == (row.fate == .closes), "\(row) in pieces of \(pieces)")
        if let text = row.text { #expect(responses.last?.text == text, "\(row)") }
        for response in responses {
            // 102 to 104
            #expect(response["Date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            if response.status >= 400 { #expect(response["Content-Type"] == "text/plain; charset=utf-8") }
            #expect(response["Set-Cookie"] == nil)
        }
        let last = responses.last
        #expect((last?["Connection"] == "close") == (row.fate == .closes), "\(row)")
        if row.number == 16, last?.status == 405 { #expect(last?["Allow"] == "GET, HEAD") }
    }
}
