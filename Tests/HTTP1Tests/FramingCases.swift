extension WireCase {
    private static let extraRequest = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

    static let framing: [WireCase] =
        ["five", "+5", "-1", "-0", "0x5", "0o5", "1_0", "1 0", "", "5.0", "٥"].map {
            post(61, "Content-Length: \($0)", "12345", 400, .closes)
        } + [
            post(62, "Content-Length: 9223372036854775808", "", 413, .closes),
            post(62, "Content-Length: 18446744073709551621", "12345", 413, .closes),
            post(63, "Content-Length: 00", "", 400, .closes),
            post(63, "Content-Length: 0005", "12345", 400, .closes),
            post(64, "Content-Length: 5\r\nContent-Length: 7", "12345", 400, .closes),
            post(64, "Content-Length: 5, 7", "12345", 400, .closes),
            post(65, "Content-Length: 5, 5", "12345", 400, .closes),
            post(65, "Content-Length: 5\r\nContent-Length: 5", "12345", 400, .closes),
            post(66, "Content-Length: 67108865", "", 413, .closes),
            post(
                67, "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + extraRequest, 400,
                .closes),
            post(
                67, "content-length: 5\r\nTRANSFER-ENCODING: CHUNKED", "0\r\n\r\n" + extraRequest, 400,
                .closes),
            post(67, "Content-Length: 5\r\nTransfer-Encoding: x", "12345" + extraRequest, 400, .closes),
            WireCase(
                68, "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400], .closes),
            post(69, "Transfer-Encoding: br", "", 501, .closes),
            post(70, "Transfer-Encoding: chunked, gzip", "0\r\n\r\n", 400, .closes),
            post(71, "Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501, .closes),
            post(72, "Transfer-Encoding:", "0\r\n\r\n", 400, .closes),
            post(73, "Transfer-Encoding: chunked, chunked", "0\r\n\r\n", 400, .closes),
            post(74, "Transfer-Encoding: identity", "", 501, .closes),
            post(74, "Transfer-Encoding: xchunked", "0\r\n\r\n", 501, .closes),
            post(75, "Transfer-Encoding: Chunked", "3\r\nabc\r\n0\r\n\r\n", 200, .keeps, text: "abc"),
            post(76, "Transfer-Encoding: \u{0b}chunked", "0\r\n\r\n", 400, .closes),
            post(76, "Transfer-Encoding: chunked\u{0c}", "0\r\n\r\n", 400, .closes),
            post(76, "Transfer-Encoding: chunked\0", "0\r\n\r\n", 400, .closes),
            post(77, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 400, .closes),
            post(78, "Transfer-Encoding: chunked;p=1", "0\r\n\r\n", 400, .closes),
        ]

    static let chunked: [WireCase] =
        [
            chunks(79, "3\r\nabc\r\n0\r\n\r\n", 200, .keeps, text: "abc"),
            chunks(79, "1\r\na\r\n002\r\nbc\r\n000\r\n\r\n", 200, .keeps, text: "abc"),
            chunks(79, "0\r\n\r\n", 200, .keeps, text: ""),
            chunks(79, "C\r\nabcdefghijkl\r\n0\r\n\r\n", 200, .keeps, text: "abcdefghijkl"),
            chunks(80, "3;a=b\r\nabc\r\n0;c\r\n\r\n", 200, .keeps, text: "abc"),
            chunks(80, "3;a=\"; \\\" b\" ; c\r\nabc\r\n0\r\n\r\n", 200, .keeps, text: "abc"),
            chunks(82, "3;a=" + String(repeating: "b", count: 65_536) + "\r\nabc\r\n0\r\n\r\n", 400, .closes),
            chunks(84, "10000000000000003\r\nabc\r\n0\r\n\r\n", 413, .closes),
            chunks(84, "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", 413, .closes),
            chunks(84, "8000000000000000\r\nabc\r\n0\r\n\r\n", 413, .closes),
            chunks(85, "3\r\nabc0\r\n\r\n", 400, .closes),
            chunks(85, "3\r\nabcd\r\n0\r\n\r\n", 400, .closes),
            chunks(85, "3\r\nabc\rX0\r\n\r\n", 400, .closes),
            chunks(86, "3\nabc\r\n0\r\n\r\n", 400, .closes),
            chunks(86, "3\rabc\r\n0\r\n\r\n", 400, .closes),
            chunks(86, "3\r\nabc\n0\r\n\r\n", 400, .closes),
            chunks(86, "3\r\nabc\r\n0\r\n\n", 400, .closes),
            chunks(87, "3\r\nabc\r\n0\r\nX: 1\r\nY: 2\r\n\r\n", 200, .keeps, text: "abc"),
            chunks(87, "0\r\nX : 1\r\n\r\n", 400, .closes),
            chunks(87, "0\r\nX: " + String(repeating: "v", count: 9000) + "\r\n\r\n", 431, .closes),
            WireCase(
                87,
                "POST /fields HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + "Content-Length: 9\r\nTransfer-Encoding: x\r\nHost: evil\r\nAuthorization: x\r\n"
                    + "Content-Type: x\r\n\r\n",
                [200], .keeps, text: "Host=h|Transfer-Encoding=chunked"),
        ]
        + [" ;a=b", "\t;a", " \t ; a", ";a =b", ";a= b", ";a\t=\t\"b\" ;\tc"].map {
            chunks(114, "3\($0)\r\nabc\r\n0\($0)\r\n\r\n", 200, .keeps, text: "abc")
        }
        + [" a", " =a", " ; ", ";a ", ";a=b\t", "\u{0b};a", " \r;a", "\u{a0};a"].map {
            chunks(114, "3\($0)\r\nabc\r\n0\r\n\r\n", 400, .closes)
        }
        + [
            chunks(
                114, "3" + String(repeating: " ", count: 65_536) + ";a\r\nabc\r\n0\r\n\r\n", 400, .closes)
        ]
        + [";", ";[", ";a\0", ";a\rb", ";a=", ";a=\"b", ";a b"].map {
            chunks(81, "3\($0)\r\nabc\r\n0\r\n\r\n", 400, .closes)
        }
        + ["0x3", "+3", "-1", "1_0", " 3", "3 ", "3\t", "Z", ""].map {
            chunks(83, "\($0)\r\nabc\r\n0\r\n\r\n", 400, .closes)
        }

    static let afterBody: [WireCase] = [
        post(90, "X: 1", "", 200, .keeps, text: ""),
        post(91, "Content-Length: 0", "", 200, .keeps, text: ""),
        WireCase(
            92,
            "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: \(extraRequest.utf8.count)\r\n\r\n\(extraRequest)",
            [200], .keeps, text: "GET /"),
        WireCase(
            93, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n\(extraRequest)", [200, 200],
            .keeps, text: "GET /smuggled"),
    ]
}
