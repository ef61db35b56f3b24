extension WireCase {
    private static func host(_ number: Int, _ hosts: String, _ status: Int, _ persistence: Persistence)
        -> WireCase
    {
        WireCase(number, "GET / HTTP/1.1\r\n\(hosts)\r\n", [status], persistence)
    }

    private static let manyFields = (1...101).map { "X\($0): 1" }.joined(separator: "\r\n")
    private static let bigFields = (1...9).map { "X\($0): " + String(repeating: "v", count: 4000) }
        .joined(separator: "\r\n")

    static let fields: [WireCase] = [
        field(36, "X : 1", 400, .closes),
        field(37, "X\tY: 1", 400, .closes),
        field(37, "X\t: 1", 400, .closes),
        field(38, ": 1", 400, .closes),
        field(39, "X", 400, .closes),
        field(40, "X[]: 1", 400, .closes),
        field(41, "Xé: 1", 400, .closes),
        field(42, "X: 1\r\n 2", 400, .closes),
        field(42, "X: 1\r\n\t2", 400, .closes),
        WireCase(43, "GET / HTTP/1.1\r\n Host: h\r\n\r\n", [400], .closes),
        WireCase(43, "GET / HTTP/1.1\r\n\tHost: h\r\n\r\n", [400], .closes),
        WireCase(44, "GET / HTTP/1.1\nHost: h\n\n", [400], .closes),
        WireCase(44, "GET / HTTP/1.1\r\nHost: h\n\r\n", [400], .closes),
        WireCase(44, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", [400], .closes),
        WireCase(45, "GET / HTTP/1.1\rHost: h\r\r", [400], .closes),
        field(46, "X: 1\r2", 400, .closes),
        field(47, "X: 1\02", 400, .closes),
        field(48, "X: 1\u{01}2", 400, .closes),
        field(48, "X: 1\u{7f}2", 400, .closes),
        field(48, "X: 1\u{0b}2", 400, .closes),
        field(49, "X: \t a\tb \t", 200, .keeps, path: "/fields", text: "Host=h|X=a\tb"),
        field(50, "X:", 200, .keeps, path: "/fields", text: "Host=h|X="),
        WireCase(51, "GET / HTTP/1.1\r\nHost: h\r\n\rX", [400], .closes),
        WireCase(52, "GET / HTTP/1.1\r\n\r\n", [400], .closes),
        host(53, "Host: a\r\nHost: b\r\n", 400, .closes),
        host(53, "Host: a\r\nHost: a\r\n", 400, .closes),
        host(54, "Host: a, b\r\n", 400, .closes),
        host(54, "Host: a,b\r\n", 400, .closes),
        host(54, "Host: user@h\r\n", 400, .closes),
        host(54, "Host: h/path\r\n", 400, .closes),
        host(54, "Host: bad host\r\n", 400, .closes),
        host(54, "Host: h:8o\r\n", 400, .closes),
        host(54, "Host: [::1\r\n", 400, .closes),
        host(54, "Host: [::1]:8080\r\n", 200, .keeps),
        host(55, "Host:\r\n", 400, .closes),
        field(56, "X: " + String(repeating: "v", count: 100_000), 431, .closes),
        field(56, String(repeating: "n", count: 100_000) + ": 1", 431, .closes),
        field(56, manyFields, 431, .closes),
        field(56, bigFields, 431, .closes),
        WireCase(57, "GET /host HTTP/1.1\r\nhOsT: h\r\n\r\n", [200], .keeps, text: "h"),
        post(58, "Content_Length: 5", "", 200, .keeps, text: ""),
        post(58, "Transfer_Encoding: chunked", "", 200, .keeps, text: ""),
        field(59, "Content-Type: a/b\r\nContent-Type: a/b", 400, .keeps),
        field(60, "Expect: 200-ok", 417, .keeps),
        field(60, "Expect: 100-continue, 200-ok", 417, .keeps),
        field(60, "Expect: \"100-continue\"", 417, .keeps),
        field(115, "Expect:", 200, .keeps),
        field(115, "Expect: ,\t,", 200, .keeps),
        field(115, "Expect: , 100-continue,", 200, .keeps),
    ]
}
