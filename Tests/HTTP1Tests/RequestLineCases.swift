extension WireCase {
    private static let binary: [[UInt8]] = [
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03], [0xff, 0xfe, 0x80], [0x00],
    ]

    static let requestLine: [WireCase] =
        [
            line(1, "GET / HTTP/1.1", 200, .keeps, text: "GET /"),
            line(2, "GET /", 400, .closes),
            line(3, "GET HTTP/1.1", 400, .closes),
            line(4, "GET  / HTTP/1.1", 400, .closes),
            line(4, "GET /  HTTP/1.1", 400, .closes),
            line(5, "GET\t/\tHTTP/1.1", 400, .closes),
            line(5, "GET /\tHTTP/1.1", 400, .closes),
            line(6, "GET /a b HTTP/1.1", 400, .closes),
            line(7, "GET / HTTP/1", 400, .closes),
            line(8, "GET / HTTP/01.1", 400, .closes),
            line(9, "GET / HTTP/ 1.1", 400, .closes),
            line(10, "GET / http/1.1", 400, .closes),
            line(11, "GET / HTTP/2.0", 505, .closes),
            line(11, "GET / HTTP/9.9", 505, .closes),
            line(12, "GET / HTTP/1.2", 200, .keeps),
            WireCase(13, "GET / HTTP/1.0\r\n\r\n", [200], .closes),
            line(14, "get / HTTP/1.1", 501, .keeps),
            line(15, "FOO / HTTP/1.1", 501, .keeps),
            line(16, "DELETE /get-only HTTP/1.1", 405, .keeps, text: "read only"),
            line(17, String(repeating: "A", count: 100) + " / HTTP/1.1", 501, .closes),
            line(17, String(repeating: "A", count: 100_000) + " / HTTP/1.1", 501, .closes),
            line(18, "OPTIONS * HTTP/1.1", 204, .keeps),
            line(19, "GET * HTTP/1.1", 400, .keeps),
            WireCase(
                20, "GET http://h:80/host?q HTTP/1.1\r\nHost: h:80\r\n\r\n", [200], .keeps, text: "h:80"),
            WireCase(20, "GET http://H HTTP/1.1\r\nHost: h\r\n\r\n", [200], .keeps, text: "GET /"),
            line(21, "GET http://other/ HTTP/1.1", 200, .keeps, text: "GET /"),
            line(21, "GET http://other:1/?q HTTP/1.1", 200, .keeps, text: "GET /"),
            WireCase(21, "GET http://other/ HTTP/1.1\r\n\r\n", [400], .closes),
            WireCase(21, "GET http://other/ HTTP/1.1\r\nHost: bad host\r\n\r\n", [400], .closes),
            WireCase(22, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", [501], .keeps),
            line(23, "TRACE / HTTP/1.1", 501, .keeps),
            line(24, "GET /a#b HTTP/1.1", 400, .keeps),
            line(25, "GET /\0 HTTP/1.1", 400, .closes),
            line(25, "GET /\u{7f} HTTP/1.1", 400, .closes),
            line(25, "GET /\u{1b} HTTP/1.1", 400, .closes),
            line(26, "GET /é HTTP/1.1", 400, .closes),
            WireCase(26, Array("GET /".utf8) + [0xc0, 0xaf] + Array(" HTTP/1.1\r\n".utf8), [400], .closes),
            line(27, "GET /a%00 HTTP/1.1", 400, .keeps),
            line(27, "GET /%0 HTTP/1.1", 400, .keeps),
            line(27, "GET /?%zz HTTP/1.1", 400, .keeps),
            line(28, "GET /a\\b HTTP/1.1", 400, .keeps),
            line(29, "GET /" + String(repeating: "a", count: 8000 - 14) + " HTTP/1.1", 200, .keeps),
            line(30, "GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1", 414, .closes),
            line(30, "GET /" + String(repeating: "a", count: 200_000) + " HTTP/1.1", 414, .closes),
            line(31, "\r\nGET / HTTP/1.1", 200, .keeps),
            line(31, "\r\n\r\nGET / HTTP/1.1", 200, .keeps),
            line(31, String(repeating: "\r\n", count: 50) + "GET / HTTP/1.1", 400, .closes),
            line(32, "  \r\nGET / HTTP/1.1", 400, .closes),
            line(32, " GET / HTTP/1.1", 400, .closes),
            WireCase(33, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505], .closes),
            line(116, "GET /reflect?v=[]|\\^{}`' HTTP/1.1", 200, .keeps),
            line(117, "GET /a[b]|^ HTTP/1.1", 200, .keeps, text: "GET /a[b]|^"),
        ] + binary.map { WireCase(34, $0, [400], .closes) }
        + ["\"", "<", ">", "#"].flatMap {
            [line(116, "GET /?a=\($0) HTTP/1.1", 400, .keeps), line(117, "GET /\($0) HTTP/1.1", 400, .keeps)]
        } + [" ", "\u{1}", "\u{7f}", "é"].map { line(116, "GET /?a=\($0)b HTTP/1.1", 400, .closes) }
        + ["{", "}", "`", "\\"].map { line(117, "GET /\($0) HTTP/1.1", 400, .keeps) }
}
