/// Writes the heads of responses (RFC 9112, 4), and is the owner of the fields that frame them.
struct ResponseEncoder {
    private var date = HTTPDate()

    /// What follows the head.
    enum Framing {
        /// Nothing, and no field says how much.
        case none
        /// That many bytes; none of them for HEAD.
        case length(Int)
        case chunked
        /// All until the connection is closed.
        case close
    }

    /// What the Connection field says.
    enum Persistence {
        /// Nothing: the version's default.
        case implied
        case close
        case keepAlive
    }

    /// Writes a head. `now` is in seconds since 1970.
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

    /// Writes a chunk's size line (RFC 9112, 7.1).
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
                assertionFailure("a field name that is no token")
                return
            }
            guard !isReserved(UnsafeRawBufferPointer(name)) else { return }
            output.append(contentsOf: name)
        }
        // Whether the name was written: a line break is never left open.
        guard let last = output.last, last != 0x0a else { return }
        output.append(": ")
        value.withUTF8 { value in
            let start = output.count
            output.append(contentsOf: value)
            // RFC 9110, 5.5: CR, LF and NUL are dangerous in values; a space is put in their place.
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

    /// Appends a number that isn't negative, in decimal.
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
