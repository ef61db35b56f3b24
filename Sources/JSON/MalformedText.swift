/// Where strings go wrong in a body of which only that is known. Runs after simdjson has refused the body, so
/// it may take its time.
struct StringScan {
    /// The quote that opens a string which never ends.
    private(set) var openQuote: Int?

    /// The first raw byte below 0x20 inside a string.
    private(set) var controlCharacter: Int?

    init(_ body: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < body.count {
            let byte = body[position]
            if openQuote == nil {
                if byte == UInt8(ascii: "\"") { openQuote = position }
            } else if byte == UInt8(ascii: "\\") {
                position += 1
            } else if byte == UInt8(ascii: "\"") {
                openQuote = nil
            } else if byte < 0x20, controlCharacter == nil {
                controlCharacter = position
            }
            position += 1
        }
    }
}

/// The first place where bytes are not UTF-8.
struct UTF8Fault: CustomStringConvertible {
    let description: String

    init(in body: UnsafeBufferPointer<UInt8>) {
        var decoder = UTF8.ForwardParser()
        var bytes = body.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &bytes) {
            case .valid(let scalar):
                offset += scalar.count
            case .error:
                description = "byte \(offset) is 0x\(String(body[offset], radix: 16, uppercase: true))"
                return
            case .emptyInput:
                description = "it breaks off inside a character"
                return
            }
        }
    }
}
