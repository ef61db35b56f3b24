/// Decodes the chunked transfer coding (RFC 9112, 7.1).
struct ChunkedDecoder {
    private enum State {
        case sizeLine
        case data(remaining: Int)
        case dataEnd
        case trailers
    }

    private var state = State.sizeLine
    private var scanner = LineScanner()
    private var fieldCount: Int
    private var sectionBytes: Int

    /// - Parameters:
    ///   - fieldCount: the number of fields in the header section; trailers share the limit with them.
    ///   - sectionBytes: the size of the header section; trailers share the limit with it.
    init(fieldCount: Int, sectionBytes: Int) {
        self.fieldCount = fieldCount
        self.sectionBytes = sectionBytes
    }

    /// Decodes from `position` on and moves it past the bytes that it has used. Returns whether the body is
    /// complete.
    ///
    /// Throws 400 for malformed chunks or trailers, 413 when `body` would exceed `maxBytes`, and 431 when the
    /// trailers exceed their limit.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, into body: inout [UInt8], maxBytes: Int,
        limits: Limits
    ) throws(ParseError) -> Bool {
        while true {
            let rest = bytes.slice(position, bytes.count)
            switch state {
            case .sizeLine:
                switch try scanner.scan(rest, limit: limits.maxChunkLineBytes, allowsText: true) {
                case .incomplete: return false
                case .tooLong: throw .bad("a chunk size line is too long; shorten its chunk extensions")
                case .line(let length):
                    let size = try Self.size(rest.slice(0, length), limit: maxBytes - body.count)
                    position += length + 2
                    state = size == 0 ? .trailers : .data(remaining: size)
                    // At least double the capacity; otherwise each of many small chunks would copy the whole
                    // body.
                    body.reserve(max(size, min(body.count, maxBytes - body.count)))
                }
            case .data(let remaining):
                guard !rest.isEmpty else { return false }
                let count = min(remaining, rest.count)
                body.append(contentsOf: rest.slice(0, count))
                position += count
                state = count == remaining ? .dataEnd : .data(remaining: remaining - count)
            case .dataEnd:
                guard let first = rest.first else { return false }
                guard first == 0x0d, rest.count == 1 || rest[1] == 0x0a else {
                    throw .bad("chunk data is not followed by CRLF, or is longer than the chunk size")
                }
                guard rest.count > 1 else { return false }
                position += 2
                state = .sizeLine
            case .trailers:
                guard let length = try trailer(rest, limits) else { return false }
                position += length + 2
                if length == 0 { return true }
            }
        }
    }

    /// Reads a trailer field and discards it: trailers are never merged into the header section (RFC 9110,
    /// 6.5.1). Returns the length of the line, 0 at the end of the trailers; `nil` if no line is complete
    /// yet.
    private mutating func trailer(
        _ rest: UnsafeRawBufferPointer, _ limits: Limits
    ) throws(ParseError) -> Int? {
        let limit = min(limits.maxFieldLineBytes, limits.maxHeaderSectionBytes - sectionBytes)
        switch try scanner.scan(rest, limit: limit, allowsText: true) {
        case .incomplete: return nil
        case .tooLong: throw ParseError(.requestHeaderFieldsTooLarge, "the trailer fields are too long")
        case .line(let length):
            guard length > 0 else { return 0 }
            fieldCount += 1
            sectionBytes += length
            guard fieldCount <= limits.maxFieldCount else {
                throw ParseError(
                    .requestHeaderFieldsTooLarge, "the request has too many header and trailer fields")
            }
            _ = try FieldParser.parse(rest.slice(0, length), isFirst: false)
            return length
        }
    }

    /// chunk-size [ chunk-ext ], with chunk-size = 1*HEXDIG.
    private static func size(_ line: UnsafeRawBufferPointer, limit: Int) throws(ParseError) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = line[index].hexadecimal {
            // Checked at each digit, so that it cannot overflow.
            size = size << 4 | Int(digit)
            guard size <= limit else { throw .bodyTooLong }
            index += 1
        }
        guard index > 0 else { throw .bad("a chunk size is not a hexadecimal number") }
        guard index < line.count else { return size }
        try ChunkExtension.check(line.slice(index, line.count))
        return size
    }
}

/// Checks the syntax of chunk extensions, whose content is ignored (RFC 9112, 7.1.1).
enum ChunkExtension {
    /// *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
    static func check(_ bytes: UnsafeRawBufferPointer) throws(ParseError) {
        var index = 0
        func skipBlanks() {
            while index < bytes.count, bytes[index].isBlank { index += 1 }
        }
        func skipToken() throws(ParseError) {
            let start = index
            while index < bytes.count, ByteSet.token.contains(bytes[index]) { index += 1 }
            guard index > start else {
                throw .bad("a chunk extension is malformed; write ;name or ;name=value")
            }
        }
        func skipQuoted() throws(ParseError) {
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < bytes.count else {
                throw .bad("a chunk extension is malformed; write ;name or ;name=value")
            }
            index += 1
        }
        /// Skips BWS and a delimiter, or nothing if the delimiter does not follow.
        func skip(_ delimiter: UInt8) -> Bool {
            let start = index
            skipBlanks()
            guard index < bytes.count, bytes[index] == delimiter else {
                index = start
                return false
            }
            index += 1
            skipBlanks()
            return true
        }
        while index < bytes.count {
            guard skip(UInt8(ascii: ";")) else {
                throw .bad("a chunk size is followed by something other than a chunk extension")
            }
            try skipToken()
            guard skip(UInt8(ascii: "=")) else { continue }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                try skipQuoted()
            } else {
                try skipToken()
            }
        }
    }
}
