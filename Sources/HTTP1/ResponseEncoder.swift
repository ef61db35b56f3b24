/// Encodes the heads of responses (RFC 9112, 4), including the fields that frame their content.
struct ResponseEncoder {
    private var date = HTTPDate()

    /// How the content after the head is framed.
    enum Framing {
        /// No content, and no field that frames it.
        case none
        /// Content-Length. In response to HEAD no content follows.
        case length(Int)
        case chunked
        /// The content ends when the connection is closed.
        case close
    }

    /// The Connection field.
    enum Persistence {
        /// No field: the default of the HTTP version.
        case implied
        case close
        case keepAlive
    }

    /// Appends a head to `output`.
    ///
    /// - Parameter now: seconds since 1970, for the Date field.
    mutating func encode(
        _ response: Response, framing: Framing, persistence: Persistence, now: Int,
        into output: inout [UInt8]
    ) {
        output.append("HTTP/1.1 ")
        output.append(decimal: response.status.code)
        output.append(" ")
        output.append(response.status.phrase)
        // RFC 9110, 6.6.1: an origin server with a clock must send Date.
        output.append("\r\nDate: ")
        output.append(contentsOf: date.value(at: now))
        output.append("\r\n")
        for field in response.fields { Self.encode(field, into: &output) }
        switch framing {
        case .none, .close: break
        case .length(let length):
            output.append("Content-Length: ")
            output.append(decimal: length)
            output.append("\r\n")
        case .chunked: output.append("Transfer-Encoding: chunked\r\n")
        }
        switch persistence {
        case .implied: break
        case .close: output.append("Connection: close\r\n")
        case .keepAlive: output.append("Connection: keep-alive\r\n")
        }
        output.append("\r\n")
    }

    /// Appends the size line of a chunk (RFC 9112, 7.1).
    static func encodeChunkHead(size: Int, into output: inout [UInt8]) {
        output.append(contentsOf: String(size, radix: 16).utf8)
        output.append("\r\n")
    }

    /// 100 (Continue) (RFC 9110, 15.2.1).
    static var interim: StaticString { "HTTP/1.1 100 Continue\r\n\r\n" }

    private static func encode(_ field: (name: String, value: String), into output: inout [UInt8]) {
        var name = field.name
        var value = field.value
        name.withUTF8 { name in
            guard !name.isEmpty, ByteSet.token.containsAll(name) else {
                assertionFailure("a field name must be a token")
                return
            }
            guard !isReserved(UnsafeRawBufferPointer(name)) else { return }
            output.append(contentsOf: name)
        }
        // If the name was not written, the output still ends with the line feed of the previous line.
        guard let last = output.last, last != 0x0a else { return }
        output.append(": ")
        value.withUTF8 { value in
            let start = output.count
            output.append(contentsOf: value)
            // RFC 9110, 5.5: CR, LF and NUL are dangerous in values; replace them with spaces.
            for index in start..<output.count where output[index] < 0x20 || output[index] == 0x7f {
                output[index] = UInt8(ascii: " ")
            }
        }
        output.append("\r\n")
    }

    private static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 4: name.equalsIgnoringCase("date")
        case 10: name.equalsIgnoringCase("connection")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a non-negative number in decimal.
    mutating func append(decimal number: Int) {
        let start = count
        var rest = number
        repeat {
            append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
