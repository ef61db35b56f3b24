extension WireCase {
    private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    static let connection: [WireCase] = [
        WireCase(95, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + get, [200], .closes),
        WireCase(95, "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n" + get, [200], .closes),
        WireCase(96, "GET / HTTP/1.0\r\nHost: h\r\n\r\n" + get, [200], .closes),
        WireCase(96, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get, [200, 200], .keeps),
        WireCase(97, get + get, [200, 200], .keeps),
        WireCase(98, String(repeating: get, count: 20), Array(repeating: 200, count: 20), .keeps),
        WireCase(98, get + get + "BAD\r\n\r\n" + get, [200, 200, 400], .closes),
        // 99: see ExchangeTests.
        WireCase(
            100, "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", [200], .closes,
            text: "hi"),
        WireCase(
            100, "POST /echo HTTP/1.0\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\nhi", [200], .closes,
            text: "hi"),
        line(101, "GET /204 HTTP/1.1", 204, .keeps),
        line(101, "GET /304 HTTP/1.1", 304, .keeps),
        WireCase(104, "GET / HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n\r\n", [200, 400], .closes),
        post(105, "Range: bytes=0-0\r\nContent-Length: 2", "hi", 200, .keeps, text: "hi"),
        field(106, "Upgrade: websocket\r\nConnection: upgrade", 200, .keeps),
        // A refused request with a short body keeps the connection, and its body is not parsed as a request.
        WireCase(
            16, "POST /get-only HTTP/1.1\r\nHost: h\r\nContent-Length: \(get.utf8.count)\r\n\r\n\(get)\(get)",
            [405, 200], .keeps, text: "GET /"),
        WireCase(
            16, "POST /get-only HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\n\r\nx", [405], .closes),
        WireCase(
            16, "POST /get-only HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [405],
            .closes),
        line(27, "GET /reflect?v=a%0d%0aSet-Cookie:%20x HTTP/1.1", 200, .keeps, text: ""),
        line(1, "GET /dropped HTTP/1.1", 500, .keeps),
    ]
}
