/// Takes the chunked transfer coding away (RFC 9112, 7.1).
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

    /// A decoder for a message whose header section already took that much of the limits.
    init(fieldCount: Int, sectionBytes: Int) {
        self.fieldCount = fieldCount
        self.sectionBytes = sectionBytes
    }

    /// Decodes from `position` on and moves it. Says whether the body is complete.
    mutating func decode(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, into body: inout [UInt8], limits: Limits
    ) throws(ParseError) -> Bool {
        while true {
            let rest = bytes.part(position, bytes.count)
            switch state {
            case .sizeLine:
                switch try scanner.scan(rest, limit: limits.chunkLine, allowsText: true) {
                case .incomplete: return false
                case .tooLong: throw .bad("a chunk line that is too long")
                case .line(let length):
                    let size = try Self.size(rest.part(0, length), limit: limits.body - body.count)
                    position += length + 2
                    state = size == 0 ? .trailers : .data(remaining: size)
                    // As much again as is there, or many small chunks would each move all of it.
                    body.reserve(max(size, min(body.count, limits.body - body.count)))
                }
            case .data(let remaining):
                guard !rest.isEmpty else { return false }
                let count = min(remaining, rest.count)
                body.append(contentsOf: rest.part(0, count))
                position += count
                state = count == remaining ? .dataEnd : .data(remaining: remaining - count)
            case .dataEnd:
                guard let first = rest.first else { return false }
                guard first == 0x0d, rest.count == 1 || rest[1] == 0x0a else {
                    throw .bad("chunk data that is not followed by a line end")
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

    /// Reads a trailer and drops it: none is ever merged into the header section (RFC 9110, 6.5.1).
    private mutating func trailer(
        _ rest: UnsafeRawBufferPointer, _ limits: Limits
    ) throws(ParseError) -> Int? {
        let limit = min(limits.fieldLine, limits.headerSection - sectionBytes)
        switch try scanner.scan(rest, limit: limit, allowsText: true) {
        case .incomplete: return nil
        case .tooLong: throw ParseError(.requestHeaderFieldsTooLarge, "the trailers are too long")
        case .line(let length):
            guard length > 0 else { return 0 }
            fieldCount += 1
            sectionBytes += length
            guard fieldCount <= limits.fieldCount else {
                throw ParseError(.requestHeaderFieldsTooLarge, "too many fields")
            }
            _ = try FieldParser.parse(rest.part(0, length), isFirst: false)
            return length
        }
    }

    /// chunk-size [ chunk-ext ], with chunk-size = 1*HEXDIG.
    private static func size(_ line: UnsafeRawBufferPointer, limit: Int) throws(ParseError) -> Int {
        var size = 0
        var index = 0
        while index < line.count, let digit = line[index].hexadecimal {
            // Checked at each digit, so that it can't wrap.
            size = size << 4 | Int(digit)
            guard size <= limit else {
                throw ParseError(.contentTooLarge, "the body is longer than the limit")
            }
            index += 1
        }
        guard index > 0 else { throw .bad("a chunk size that is no hexadecimal number") }
        guard index < line.count else { return size }
        guard line[index] == UInt8(ascii: ";") else {
            throw .bad("a chunk size with something other than an extension after it")
        }
        try ChunkExtension.check(line.part(index, line.count))
        return size
    }
}

/// Checks chunk extensions, which are then ignored (RFC 9112, 7.1.1).
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
            guard index > start else { throw .bad("a malformed chunk extension") }
        }
        func skipQuoted() throws(ParseError) {
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < bytes.count else { throw .bad("a malformed chunk extension") }
            index += 1
        }
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: ";") else { throw .bad("a malformed chunk extension") }
            index += 1
            skipBlanks()
            try skipToken()
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            index += 1
            skipBlanks()
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                try skipQuoted()
            } else {
                try skipToken()
            }
            skipBlanks()
        }
    }
}
